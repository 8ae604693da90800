-- On a cluster the rows rest in rejected_stored_local on each shard; deliveries of one row meet on one shard.
CREATE TABLE IF NOT EXISTS klantreis.rejected_stored $on_cluster
AS klantreis.rejected_stored_local
ENGINE = Distributed('$cluster', klantreis, rejected_stored_local, cityHash64(site, received_at, id));
