-- How some touchpoints lie in the table, by the keys under which they were sent; `received_us` is of the first delivery. It
-- reads what the loader stored, a row for each delivery, and takes the one that counts: read through the view
-- (collector/warehouse/views/touchpoints.sql) 100 keys of as many visitors among three million rows took four times as long.
WITH arrayMap((site, visitor, sent_ms, id) -> (site, visitor, fromUnixTimestamp64Milli(sent_ms, 'UTC'), toUUID(id)),
    {sites:Array(String)}, {visitors:Array(String)}, {sent:Array(Int64)}, {ids:Array(String)}) AS keys
SELECT
    toString(site) AS of_site,
    visitor_id AS visitor,
    toUnixTimestamp64Milli(occurred_at_sent) AS sent_ms,
    toString(id) AS identity,
    toUnixTimestamp64Micro(argMax(touchpoints_stored.received_at, version)) AS received_us,
    argMax(touchpoints_stored.channel, version) AS channel,
    argMax(touchpoints_stored.signal, version) AS signal,
    argMax(touchpoints_stored.phase, version) AS phase,
    argMax(touchpoints_stored.phases, version) AS phases,
    argMax(touchpoints_stored.rules, version) AS rules,
    argMax(touchpoints_stored.came_by, version) AS came_by,
    argMax(touchpoints_stored.source, version) AS source,
    argMax(touchpoints_stored.clock_corrected_ms, version) AS clock_corrected_ms,
    argMax(touchpoints_stored.is_bot, version) AS is_bot
FROM klantreis.touchpoints_stored
WHERE (site, visitor_id, occurred_at_sent, id) GLOBAL IN (SELECT arrayJoin(keys))
GROUP BY site, visitor_id, occurred_at_sent, id
