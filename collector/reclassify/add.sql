-- Puts the column beside the stored classification. From here on every INSERT that begins fills it, whichever rules its
-- loader has, and whoever reads it of a part that has none yet gets the same values. A row outside the span has `done` false
-- and is classified too: with an if() around it, which ClickHouse evaluates row by row, a million took 6 s, not 0.7.
ALTER TABLE klantreis.$table $on_cluster
ADD COLUMN IF NOT EXISTS $column Tuple(done Bool, signal LowCardinality(String), phase LowCardinality(String), phases Map(String, String), rules Map(String, String), rule_set LowCardinality(String))
MATERIALIZED $results
COMMENT 'Classification by klantreis reclassify, while that runs'
