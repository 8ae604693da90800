-- Stores rejected touchpoints; the rows follow in the body. As in load.sql, unless somebody was forgotten meanwhile.
INSERT INTO klantreis.rejected_stored (id, reason, detail, raw, received_at, site, key, sdk_name, sdk_version, sent_us, user_agent, address, gpc, loose, stored_at)
SELECT id, reason, detail, raw, fromUnixTimestamp64Micro(received_us, 'UTC') AS received_at, site, key, sdk_name, sdk_version, sent_us, user_agent, address, gpc, loose, now64(6, 'UTC') AS stored_at
FROM input('id String, reason String, detail String, raw String, received_us Int64, site String, key String, sdk_name String, sdk_version String, sent_us Nullable(Int64), user_agent String, address String, gpc Bool, loose Bool')
WHERE $unless_forgotten
