-- Nobody reads the column any more.
ALTER TABLE klantreis.$table $on_cluster
DROP COLUMN IF EXISTS $column
SETTINGS mutations_sync = 0, alter_sync = 0
