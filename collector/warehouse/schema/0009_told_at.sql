-- Who came together is known for a while after it was last told.
ALTER TABLE klantreis.identities_stored$local $on_cluster
    ADD COLUMN IF NOT EXISTS told_at SimpleAggregateFunction(max, DateTime('UTC')) DEFAULT now() COMMENT 'When it was last told; keep_touchpoints_days after that it ends';

-- What lies there before counts from now.
ALTER TABLE klantreis.identities_stored$local $on_cluster MATERIALIZE COLUMN told_at;
