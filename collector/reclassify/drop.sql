-- Nobody reads the column any more. Its bytes go in the background.
ALTER TABLE klantreis.$table $on_cluster
DROP COLUMN IF EXISTS $column
SETTINGS mutations_sync = 0, alter_sync = 0
