-- Who is who is kept as long as the touchpoints that tell it: from when that was last told, and last worked out, which is after
-- the touchpoints of it took place. On a cluster each shard notes the time itself, so that the tables that gather them have no such
-- column.
ALTER TABLE klantreis.identities_stored$local $on_cluster
    ADD COLUMN IF NOT EXISTS told_at SimpleAggregateFunction(max, DateTime('UTC')) DEFAULT now() COMMENT 'When it was last told; keep_touchpoints_days after that it is forgotten';

ALTER TABLE klantreis.people_stored$local $on_cluster
    ADD COLUMN IF NOT EXISTS settled_at DateTime('UTC') DEFAULT now() COMMENT 'When it was last worked out, as with each touchpoint of the person; keep_touchpoints_days after that it is forgotten';
