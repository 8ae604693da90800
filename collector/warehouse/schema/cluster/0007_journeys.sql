-- On a cluster each of these is read through a table that gathers all shards.
CREATE TABLE IF NOT EXISTS klantreis.identities_stored $on_cluster
AS klantreis.identities_stored_local
ENGINE = Distributed('$cluster', klantreis, identities_stored_local, cityHash64(site, kind, value));

CREATE TABLE IF NOT EXISTS klantreis.identity_decisions $on_cluster
AS klantreis.identity_decisions_local
ENGINE = Distributed('$cluster', klantreis, identity_decisions_local, cityHash64(site, kind, value));

CREATE TABLE IF NOT EXISTS klantreis.people_stored $on_cluster
AS klantreis.people_stored_local
ENGINE = Distributed('$cluster', klantreis, people_stored_local, cityHash64(site, kind, value));

CREATE TABLE IF NOT EXISTS klantreis.journey_steps_stored $on_cluster
AS klantreis.journey_steps_stored_local
ENGINE = Distributed('$cluster', klantreis, journey_steps_stored_local, touch);

CREATE TABLE IF NOT EXISTS klantreis.phases_stored $on_cluster
AS klantreis.phases_stored_local
ENGINE = Distributed('$cluster', klantreis, phases_stored_local, cityHash64(rule_set));

CREATE TABLE IF NOT EXISTS klantreis.changed $on_cluster
AS klantreis.changed_local
ENGINE = Distributed('$cluster', klantreis, changed_local, cityHash64(site, kind, value));

CREATE TABLE IF NOT EXISTS klantreis.settling $on_cluster
AS klantreis.settling_local
ENGINE = Distributed('$cluster', klantreis, settling_local, cityHash64(site, kind, value));

CREATE TABLE IF NOT EXISTS klantreis.settling_batch $on_cluster
AS klantreis.settling_batch_local
ENGINE = Distributed('$cluster', klantreis, settling_batch_local, cityHash64(site, kind, value));

CREATE TABLE IF NOT EXISTS klantreis.settlers $on_cluster
AS klantreis.settlers_local
ENGINE = Distributed('$cluster', klantreis, settlers_local, turn);

