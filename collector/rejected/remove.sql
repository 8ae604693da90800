-- Takes away rows that were replayed, every copy of them that was there when the replay began. What the loader has put
-- there since, because ClickHouse refused the touchpoint anew, has the same key and stays.
DELETE FROM klantreis.rejected_stored$local $on_cluster
WHERE cityHash64(site, received_at, id, reason, raw) IN {rows:Array(UInt64)}
AND received_at BETWEEN fromUnixTimestamp64Micro({first_us:Int64}, 'UTC') AND fromUnixTimestamp64Micro({last_us:Int64}, 'UTC')
AND stored_at <= fromUnixTimestamp64Micro({stored_us:Int64}, 'UTC')
