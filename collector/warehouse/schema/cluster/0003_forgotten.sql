-- On a cluster every shard asks for the whole list, so both are read through tables that gather all shards.
CREATE TABLE IF NOT EXISTS klantreis.forgotten $on_cluster
AS klantreis.forgotten_local
ENGINE = Distributed('$cluster', klantreis, forgotten_local, cityHash64(hash));

CREATE TABLE IF NOT EXISTS klantreis.secrets $on_cluster
AS klantreis.secrets_local
ENGINE = Distributed('$cluster', klantreis, secrets_local, cityHash64(name));
