-- What the loader turned away of the requests that came at some moments, though a receiver had accepted it.
SELECT toString(site) AS of_site, toUnixTimestamp64Micro(received_at) AS received_us, id, reason, detail
FROM klantreis.rejected
WHERE (site, received_at) GLOBAL IN (
    SELECT arrayJoin(arrayMap((site, us) -> (site, fromUnixTimestamp64Micro(us, 'UTC')), {sites:Array(String)}, {received:Array(Int64)})))
    AND reason IN ('unloadable', 'forgotten')
LIMIT 5000
