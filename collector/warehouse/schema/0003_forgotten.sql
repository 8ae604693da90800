-- Who is forgotten (klantreis forget), as keyed hashes: loaders withhold what carries such an identifier, for ever.
-- A plain MergeTree: rows only join, and the sum over them tells a loader whether its list is still the whole one.
CREATE TABLE IF NOT EXISTS klantreis.forgotten$local $on_cluster
(
    site LowCardinality(String) COMMENT 'Site on which the person is forgotten; empty for every site',
    kind LowCardinality(String) COMMENT 'What the identifier named: visitor, customer or order',
    hash FixedString(32) COMMENT 'HMAC-SHA256 of the identifier, with the secret of this name in klantreis.secrets',
    forgotten_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was forgotten'
)
ENGINE = $merging
ORDER BY (site, kind, hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Identifiers of forgotten people, as keyed hashes';

-- Whoever reads both tables can try out whether somebody is forgotten: analysts are not granted this one.
CREATE TABLE IF NOT EXISTS klantreis.secrets$local $on_cluster
(
    name String COMMENT 'What it is for: forgotten',
    secret FixedString(64) COMMENT 'Random bytes, as many as a block of SHA-256',
    made_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When it was made; the first of a name is the one that counts'
)
ENGINE = $merging
ORDER BY (name, made_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Secrets that all collectors of this warehouse share';

-- The id of a rejected touchpoint of somebody who is forgotten says nothing of it.
ALTER TABLE klantreis.rejected_stored$local $on_cluster
COMMENT COLUMN id 'Id as sent, whatever it was; empty when there was none; for reason forgotten its place in the request';
