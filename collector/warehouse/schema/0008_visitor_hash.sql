-- Visitors who are not told apart by anything on their device, counted by the day. Not in the key, nor in the partition: a
-- touchpoint that is delivered again on another day has another hash.
ALTER TABLE klantreis.touchpoints_stored$local $on_cluster
    ADD COLUMN IF NOT EXISTS visitor_hash Nullable(UInt64) COMMENT 'Tells visitors of one site and one UTC day of received_at apart, to count them; NULL where an identifier does, where somebody said no, and unless the key counts visitors' AFTER session_id;

-- Whoever has a day's salt can try out whose the day's hashes are: analysts are not granted this table, and a day's row is
-- destroyed with the day, by dropping its partition. The TTL does it where no collector runs any more.
CREATE TABLE IF NOT EXISTS klantreis.salts$local $on_cluster
(
    day Date COMMENT 'Day in UTC whose visitor hashes are keyed with it',
    salt FixedString(32) COMMENT 'Random bytes',
    made_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When it was made; the first of a day is the one that counts'
)
ENGINE = $merging
PARTITION BY day
ORDER BY made_at
TTL toDateTime(day, 'UTC') + INTERVAL 1 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1, merge_with_ttl_timeout = 600,
    old_parts_lifetime = 1, min_rows_to_fsync_after_merge = 1,
    cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Salts of visitor hashes, of today and tomorrow, which all collectors of this warehouse share; never part of a backup';
