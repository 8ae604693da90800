-- Stores whose identifiers are; the rows follow in the body. People and devices are numbers, so that a row names nobody else.
INSERT INTO klantreis.people_stored (site, kind, value, person, device, shared, hub, version)
SELECT site, kind, value,
    if(person_kind = '', 0, cityHash64(site, person_kind, person_value)) AS person,
    if(device_value = '', 0, cityHash64(site, 'device', device_value)) AS device,
    shared, hub, version
FROM input('site String, kind String, value String, person_kind String, person_value String, device_value String, shared Bool, hub Bool, version UInt64')
WHERE {my_turn}
FORMAT JSONEachRow
