-- The touchpoints of the batch with whose they are: `_knowing` is the identifier that knows somebody, the surest first, and
-- `_own` the person behind it; `_device` is the device that a visitor id names. Left out is what an identifier outside of the
-- batch knows: it is settled with its own people.
WITH
    members AS (SELECT site, kind, value FROM klantreis.settling_batch),
    known AS
    (
        SELECT toString(site) AS of_site, toString(kind) AS of_kind, value AS of_value, person AS of_person, device AS of_device, shared AS is_shared, hub AS is_hub
        FROM klantreis.people_stored FINAL
        WHERE (site, kind, value) IN (members)
    ),
    undone AS (SELECT site, kind, value, other_kind, other_value FROM ({decided}) WHERE decision = 'unlink')
SELECT touch.* EXCEPT (_of_hub), _visitor,
    _knowing.1 AS _known_kind,
    if(_knowing.2 = '', 0, if(own.of_person != 0, own.of_person, cityHash64(toString(touch.site), _knowing.1, _knowing.2))) AS _own,
    _visitor = '' OR on_device.is_hub AS _nowhere,
    multiIf(_nowhere, 0, on_device.of_device != 0, on_device.of_device, cityHash64(toString(touch.site), 'device', _visitor)) AS _device,
    multiIf(_nowhere, 0, on_device.is_shared, 0, on_device.of_person != 0, on_device.of_person, cityHash64(toString(touch.site), 'visitor', _visitor)) AS _of_device,
    on_device.is_shared AS _shared
FROM
(
    SELECT *,
        if(visitor_id = '', identity_linked_visitor_id, visitor_id) AS _visitor,
        arrayFirst(one -> one.2 != '' AND (toString(site), one.1, one.2) NOT IN (SELECT of_site, of_kind, of_value FROM known WHERE is_hub)
                AND (toString(site), one.1, one.2, 'visitor', _visitor) NOT IN (undone),
            [('customer', customer_id), ('loyalty_card', identity_loyalty_card), ('email', identity_email_hash), ('phone', identity_phone_hash)]) AS _knowing
    FROM ({touchpoints})
) AS touch
LEFT ANY JOIN known AS own ON own.of_site = toString(touch.site) AND own.of_kind = touch._knowing.1 AND own.of_value = touch._knowing.2
LEFT ANY JOIN known AS on_device ON on_device.of_site = toString(touch.site) AND on_device.of_kind = 'visitor' AND on_device.of_value = touch._visitor
WHERE if(_knowing.2 = '', NOT _of_hub OR (toString(touch.site), 'visitor', _visitor) IN (SELECT site, kind, value FROM klantreis.settling_batch WHERE round = 0),
    (toString(touch.site), _knowing.1, _knowing.2) IN (members))
