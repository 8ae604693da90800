-- The journeys of these people have to be settled anew, by what is left of them.
INSERT INTO klantreis.changed (site, kind, value)
SELECT DISTINCT site, kind, value
FROM
(
    SELECT toString(site) AS site, 'visitor' AS kind, visitor_id AS value FROM klantreis.journey_steps_stored WHERE person IN {people:Array(UInt64)}
    UNION ALL
    SELECT toString(site), 'customer', customer_id FROM klantreis.journey_steps_stored WHERE person IN {people:Array(UInt64)}
    UNION ALL
    SELECT toString(site), toString(kind), value FROM klantreis.people_stored WHERE person IN {people:Array(UInt64)}
)
WHERE value != ''
