ALTER TABLE klantreis.identities_stored $on_cluster
    ADD COLUMN IF NOT EXISTS told_at SimpleAggregateFunction(max, DateTime('UTC')) DEFAULT now() COMMENT 'When it was last told; keep_touchpoints_days after that it ends';
