-- On a cluster the rows rest in touchpoints_stored_local on each shard; a visitor's touchpoints rest together.
CREATE TABLE IF NOT EXISTS klantreis.touchpoints_stored $on_cluster
AS klantreis.touchpoints_stored_local
ENGINE = Distributed('$cluster', klantreis, touchpoints_stored_local, cityHash64(visitor_id));
