-- Writes the column to the parts that lie there, in the background.
ALTER TABLE klantreis.$table $on_cluster
MATERIALIZE COLUMN $column $partition
SETTINGS mutations_sync = 0
