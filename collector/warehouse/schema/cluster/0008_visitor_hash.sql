ALTER TABLE klantreis.touchpoints_stored $on_cluster
    ADD COLUMN IF NOT EXISTS visitor_hash Nullable(UInt64) COMMENT 'Tells visitors of one site and one UTC day of received_at apart, to count them; NULL where an identifier does, where somebody said no, and unless the key counts visitors' AFTER session_id;

CREATE TABLE IF NOT EXISTS klantreis.salts $on_cluster
AS klantreis.salts_local
ENGINE = Distributed('$cluster', klantreis, salts_local, toUInt16(day));
