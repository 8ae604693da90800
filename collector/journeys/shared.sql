-- Touchpoints on a shared device that know nobody themselves: each is of whoever was known last before it, and before anybody
-- was, of the first. They join the others as rows that need no more looking at.
INSERT INTO klantreis.settling_touchpoints ({columns})
SELECT {columns}
FROM
(
    SELECT * EXCEPT (_shared, person, journey),
        false AS _shared,
        if(_last_known != 0, _last_known, _first_known) AS person,
        if(person != 0, person, _alone) AS journey
    FROM
    (
        SELECT *, journey AS _alone,
            anyLastIf(_own, _own != 0) OVER until_now AS _last_known,
            anyIf(_own, _own != 0) OVER everything AS _first_known
        FROM klantreis.settling_touchpoints
        WHERE _shared
        WINDOW
            until_now AS (PARTITION BY _device ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
            everything AS (PARTITION BY _device ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    )
)
WHERE _own = 0 AND {my_turn}
