-- The database, and the note of what has been applied to it.
CREATE DATABASE IF NOT EXISTS klantreis $on_cluster
COMMENT 'Klantreis: touchpoints and customer journeys';

CREATE TABLE IF NOT EXISTS klantreis.migrations $on_cluster
(
    number UInt16 COMMENT 'Number of the migration; they are applied in its order',
    name String COMMENT 'Its file, without .sql',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was applied'
)
ENGINE = $replacing(applied_at)
ORDER BY number
COMMENT 'Which migrations of the schema have been applied';
