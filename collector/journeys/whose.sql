-- Each touchpoint with its `person`: 0 where nobody is known. On a shared device it is of whoever was known last before it,
-- and before anybody was, of the first. `journey` is what facts.sql takes for one: all of a person, or the touchpoint alone.
SELECT * EXCEPT (_own, _nowhere, _device, _of_device, _shared, _visitor, _known_kind),
    multiIf(_own != 0, _own, _nowhere, 0, NOT _shared, _of_device, _last_known != 0, _last_known, _first_known) AS person,
    cityHash64(visitor_id, id) AS touch,
    if(person != 0, person, cityHash64('touchpoint', toString(site), occurred_at_sent, touch)) AS journey
FROM
(
    SELECT *,
        if(_shared, anyLastIf(_own, _own != 0) OVER until_now, 0) AS _last_known,
        if(_shared, anyIf(_own, _own != 0) OVER everything, 0) AS _first_known
    FROM ({owned})
    WINDOW
        until_now AS (PARTITION BY _device, _shared ? 0 : cityHash64(id) ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
        everything AS (PARTITION BY _device, _shared ? 0 : cityHash64(id) ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
