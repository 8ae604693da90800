-- Rejected touchpoints with all that a replay needs. `row` names one: the hash of all of its key.
SELECT
    leftPad(lower(hex(cityHash64(site, received_at, id, reason, raw))), 16, '0') AS row,
    id,
    reason,
    detail,
    raw,
    toUnixTimestamp64Micro(received_at) AS received_us,
    sent_us,
    site,
    key,
    sdk_name,
    sdk_version,
    user_agent,
    address,
    gpc,
    loose,
    cityHash64(raw) AS raw_hash
FROM klantreis.rejected
WHERE $chosen
