-- Puts the column beside the stored classification. From here on every INSERT that begins fills it, whichever rules its
-- loader has, and whoever reads it of a part that has none yet gets the same values.
ALTER TABLE klantreis.$table $on_cluster
ADD COLUMN IF NOT EXISTS $column Tuple(done Bool, signal LowCardinality(String), phase LowCardinality(String), phases Map(String, String), rules Map(String, String), rule_set LowCardinality(String))
MATERIALIZED if($span, ($results AS _new, tuple(true, _new.1, _new.2, _new.3, _new.4, _new.5)).2, tuple(false, '', '', map(), map(), ''))
COMMENT 'Classification by klantreis reclassify, while that runs'
