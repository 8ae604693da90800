-- The next identifiers to settle, in the order of their key so that those of a batch lie together: after {site}, {kind},
-- {value}, at most {rows}. Whoever was settled since {since} with somebody of an earlier batch is done; a hub is not, which
-- settles nobody.
INSERT INTO klantreis.settling_batch (site, kind, value, round)
SELECT DISTINCT site, kind, value, 0
FROM klantreis.settling
WHERE {my_turn} AND (site, kind, value) > ({site:String}, {kind:String}, {value:String})
    AND (site, kind, value) NOT IN (SELECT toString(site), toString(kind), value FROM klantreis.people_stored WHERE version > {since:UInt64} AND NOT hub)
ORDER BY site, kind, value
LIMIT {rows:UInt64}
