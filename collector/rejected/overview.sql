-- How many of the chosen rows there are, by reason and key.
SELECT
    reason,
    key,
    count() AS touchpoints,
    toUnixTimestamp64Micro(min(received_at)) AS first_us,
    toUnixTimestamp64Micro(max(received_at)) AS last_us,
    anyLast(detail) AS example
FROM
(
    SELECT *, leftPad(lower(hex(cityHash64(site, received_at, id, reason, raw))), 16, '0') AS row
    FROM klantreis.rejected
)
WHERE $chosen
GROUP BY reason, key
ORDER BY touchpoints DESC, reason, key
