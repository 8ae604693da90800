-- Adds to the batch whatever is linked with what joined it in the round before; hubs join and lead no further.
INSERT INTO klantreis.settling_batch (site, kind, value, round)
SELECT DISTINCT site, other_kind, other_value, {round} + 1
FROM ({weighed})
WHERE {my_turn} AND NOT hub AND (site, other_kind, other_value) NOT IN (SELECT site, kind, value FROM klantreis.settling_batch)
