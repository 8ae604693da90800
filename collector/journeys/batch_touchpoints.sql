-- The touchpoints of the batch: those of its devices, those that somebody in it is known on, and those that name nobody. Where
-- there are hubs in it, these lead to none ({but_hubs}), and what is on them is looked at apart ({of_hubs}). Who changed lies anywhere
-- in each month, so every row is looked at: by a number, which takes a quarter of the time of a pair of texts; the pair decides.
WITH
    members AS (SELECT site, kind, value FROM klantreis.settling_batch),
    hubs AS (SELECT toString(site), toString(kind), value FROM klantreis.people_stored FINAL WHERE hub AND (site, kind, value) IN (members))
SELECT {columns}, false AS _of_hub
FROM klantreis.touchpoints
WHERE (site, visitor_id) IN (SELECT site, value FROM members WHERE kind = 'visitor' AND value != '' {but_hubs})
    AND cityHash64(visitor_id) IN (SELECT cityHash64(value) FROM members WHERE kind = 'visitor')
{of_hubs}
UNION ALL
SELECT {columns}, false AS _of_hub
FROM klantreis.touchpoints
WHERE (site, visitor_id, occurred_at_sent, id) IN
(
    SELECT site, '', fromUnixTimestamp64Milli(toInt64(splitByChar(' ', touchpoint)[1]), 'UTC'), toUUID(splitByChar(' ', touchpoint)[2])
    FROM
    (
        SELECT site, value AS touchpoint FROM members WHERE kind = 'touchpoint'
        UNION DISTINCT
        SELECT toString(site), other_value
        FROM klantreis.identities_stored
        WHERE (site, kind, value) IN (SELECT * FROM members WHERE true {but_hubs}) AND other_kind = 'touchpoint'
    )
)
