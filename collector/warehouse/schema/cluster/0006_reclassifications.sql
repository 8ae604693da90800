-- On a cluster the steps are read through a table that gathers all shards.
CREATE TABLE IF NOT EXISTS klantreis.reclassifications $on_cluster
AS klantreis.reclassifications_local
ENGINE = Distributed('$cluster', klantreis, reclassifications_local, cityHash64(number));
