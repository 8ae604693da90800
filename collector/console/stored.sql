-- How some touchpoints lie in the table, by the keys under which they were sent: `received_us` is of the first delivery.
WITH arrayMap((site, visitor, sent_ms, id) -> (site, visitor, fromUnixTimestamp64Milli(sent_ms, 'UTC'), toUUID(id)),
    {sites:Array(String)}, {visitors:Array(String)}, {sent:Array(Int64)}, {ids:Array(String)}) AS keys
SELECT
    toString(site) AS of_site,
    visitor_id AS visitor,
    toUnixTimestamp64Milli(occurred_at_sent) AS sent_ms,
    toString(id) AS identity,
    toUnixTimestamp64Micro(received_at) AS received_us,
    channel,
    signal,
    phase,
    phases,
    rules,
    came_by,
    source,
    clock_corrected_ms,
    is_bot
FROM klantreis.touchpoints
WHERE (site, visitor_id, occurred_at_sent, id) GLOBAL IN (SELECT arrayJoin(keys))
