-- The chosen rows behind a given one, in the order of the table's key, as they were stored at a moment. The first condition
-- on the place is for the index, which reads no tuple of five.
$kept
AND stored_at <= fromUnixTimestamp64Micro({stored_us:Int64}, 'UTC')
AND (site, received_at) >= ({after_site:String}, fromUnixTimestamp64Micro({after_us:Int64}, 'UTC'))
AND (site, received_at, id, reason, cityHash64(raw))
    > ({after_site:String}, fromUnixTimestamp64Micro({after_us:Int64}, 'UTC'), {after_id:String}, {after_reason:String}, {after_hash:UInt64})
ORDER BY site, received_at, id, reason, cityHash64(raw)
LIMIT {most:UInt32}
