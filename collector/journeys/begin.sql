-- The next identifiers to settle, in the order of their key so that those of a batch lie together: after {site}, {kind},
-- {value}, at most {rows}.
INSERT INTO klantreis.settling_batch (site, kind, value, round)
SELECT DISTINCT site, kind, value, 0
FROM klantreis.settling
WHERE {my_turn} AND (site, kind, value) > ({site:String}, {kind:String}, {value:String})
ORDER BY site, kind, value
LIMIT {rows:UInt64}
