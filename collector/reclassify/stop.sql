-- From here on an INSERT that begins leaves the column empty: what its loader says is what counts.
ALTER TABLE klantreis.$table $on_cluster
MODIFY COLUMN IF EXISTS $column MATERIALIZED tuple(false, '', '', map(), map(), '')
