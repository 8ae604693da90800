-- Part of batch_touchpoints.sql: a hub's own touchpoints are nobody's, unless something else in them knows somebody; they are looked
-- at where the hub itself changed or leads to somebody in the batch.
UNION ALL
SELECT {columns}, true AS _of_hub
FROM klantreis.touchpoints
WHERE (site, visitor_id) IN (SELECT site, value FROM members WHERE kind = 'visitor' AND value != '' AND (site, kind, value) IN (hubs))
