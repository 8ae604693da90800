-- Where the batch ends, and how many identifiers began it.
SELECT site, kind, value, count() OVER () AS identifiers
FROM klantreis.settling_batch
WHERE round = 0
ORDER BY site DESC, kind DESC, value DESC
LIMIT 1
