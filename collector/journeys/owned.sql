-- The touchpoints of the batch with whose they are: `_knowing` is the identifier that knows somebody, the surest first, and
-- `_own` the person behind it; `_device` is the device that a visitor id names. Left out is what an identifier outside of the
-- batch knows: it is settled with its own people. Identifiers are compared as numbers, as people are. {known_hub} leaves hubs out.
--
-- `person` is 0 where nobody is known, and for now where it is somebody on a shared device (shared.sql). `journey` is what
-- facts.sql takes for one: all of a person, or the touchpoint alone.
WITH
    members AS (SELECT site, kind, value FROM klantreis.settling_batch),
    known AS
    (
        SELECT toString(site) AS of_site, toString(kind) AS of_kind, value AS of_value, cityHash64(of_site, of_kind, of_value) AS of_node,
            person AS of_person, device AS of_device, shared AS is_shared, hub AS is_hub
        FROM klantreis.people_stored FINAL
        WHERE (site, kind, value) IN (members)
    ),
    undone AS (SELECT site, kind, value, other_kind, other_value FROM ({decided}) WHERE decision = 'unlink')
SELECT touchpoint.* EXCEPT (_of_hub, _visitor, _knowing, _knowing_node, _visitor_node),
    cityHash64(visitor_id, id) AS touch,
    multiIf(_knowing.2 = '', 0, knows.of_person != 0, knows.of_person, _knowing_node) AS _own,
    _visitor = '' OR names.is_hub AS _nowhere,
    multiIf(_nowhere, 0, names.of_device != 0, names.of_device, cityHash64(toString(site), 'device', _visitor)) AS _device,
    names.is_shared AS _shared,
    multiIf(_own != 0, _own, _nowhere OR _shared, 0, names.of_person != 0, names.of_person, _visitor_node) AS person,
    if(person != 0, person, cityHash64('touchpoint', toString(site), occurred_at_sent, touch)) AS journey
FROM
(
    SELECT *,
        if(visitor_id = '', identity_linked_visitor_id, visitor_id) AS _visitor,
        arrayFirst(one -> one.2 != '' {known_hub}
                AND (toString(site), one.1, one.2, 'visitor', _visitor) NOT IN (undone),
            [('customer', customer_id), ('loyalty_card', identity_loyalty_card), ('email', identity_email_hash), ('phone', identity_phone_hash)]) AS _knowing,
        cityHash64(toString(site), _knowing.1, _knowing.2) AS _knowing_node,
        cityHash64(toString(site), 'visitor', _visitor) AS _visitor_node
    FROM ({touchpoints})
) AS touchpoint
LEFT ANY JOIN known AS knows ON knows.of_node = touchpoint._knowing_node
LEFT ANY JOIN known AS names ON names.of_node = touchpoint._visitor_node
WHERE if(_knowing.2 = '', NOT _of_hub OR (toString(site), 'visitor', _visitor) IN (SELECT site, kind, value FROM klantreis.settling_batch WHERE round = 0),
    (toString(site), _knowing.1, _knowing.2) IN (members))
