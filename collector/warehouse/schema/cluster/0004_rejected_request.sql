-- The same columns on the table that leads to the shards.
ALTER TABLE klantreis.rejected_stored $on_cluster
    ADD COLUMN IF NOT EXISTS sent_us Nullable(Int64) COMMENT 'When the request was sent by the sender''s clock, in microseconds since 1970; a number, since it may be any',
    ADD COLUMN IF NOT EXISTS user_agent String COMMENT 'User agent of the request',
    ADD COLUMN IF NOT EXISTS address String COMMENT 'Address of the sender, truncated to /24 or /48',
    ADD COLUMN IF NOT EXISTS gpc Bool COMMENT 'The request carried Global Privacy Control',
    ADD COLUMN IF NOT EXISTS loose Bool COMMENT 'Its texts may stand for numbers: it came by the pixel',
    ADD COLUMN IF NOT EXISTS stored_at DateTime64(6, 'UTC') COMMENT 'When the row was stored: a replay takes away what was there before it, never what is refused anew';
