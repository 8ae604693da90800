-- What a known key sent and could not be accepted, with its reason, so that it can be repaired and replayed.
-- received_at is the collector's own and rests in the spool, so loading the same range again replaces the row.
CREATE TABLE IF NOT EXISTS klantreis.rejected_stored$local $on_cluster
(
    id String COMMENT 'Id as sent, whatever it was; empty when there was none',
    reason LowCardinality(String) COMMENT 'One word of the closed set in docs/touchpoints.md',
    detail String COMMENT 'What was wrong, with the path of the field',
    raw String COMMENT 'What was sent, cut at the size limit',
    received_at DateTime64(6, 'UTC') COMMENT 'When the collector received it',
    site LowCardinality(String) COMMENT 'Site of the key that sent it',
    key LowCardinality(String) COMMENT 'Name of the key that sent it',
    sdk_name LowCardinality(String) COMMENT 'Program that sent it',
    sdk_version LowCardinality(String) COMMENT 'Its version'
)
ENGINE = $replacing()
PARTITION BY toYYYYMM(received_at)
ORDER BY (site, received_at, id, reason, cityHash64(raw))
-- As in 0001: what was replaced leaves the disk within seconds.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Rejected touchpoints as stored; read klantreis.rejected instead';
