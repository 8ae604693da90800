-- What `klantreis reclassify` has begun and how far it is: a row for each step, so that it can be killed at any moment and
-- the same command goes on, and so that whoever makes the view anew makes the one that readers have.
CREATE TABLE IF NOT EXISTS klantreis.reclassifications$local $on_cluster
(
    number UInt32 COMMENT 'Which re-classification; its column in touchpoints_stored is reclassified_<number>',
    step LowCardinality(String) COMMENT 'begun; shown: readers see its result; settled: signal, phase, phases, rules and rule_set hold it; ended; abandoned',
    rule_set String COMMENT 'Content hash of the rule set',
    model String COMMENT 'The only model that is re-computed; empty: signals and all models',
    since_ms Nullable(Int64) COMMENT 'Touchpoints that occurred from then on, in milliseconds since 1970; NULL: from the first',
    until_ms Nullable(Int64) COMMENT 'Touchpoints that occurred before then; NULL: to the last',
    at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When the step was done'
)
ENGINE = $merging
ORDER BY (number, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Re-classifications of stored touchpoints, a row for each step';

-- A re-classification writes no row again, so it needs no version of its own.
ALTER TABLE klantreis.touchpoints_stored$local $on_cluster
COMMENT COLUMN version 'Decides between two deliveries: the earliest receipt has the highest';
