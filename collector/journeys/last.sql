-- Where the batch ends.
SELECT site, kind, value
FROM klantreis.settling_batch
WHERE round = 0
ORDER BY site DESC, kind DESC, value DESC
LIMIT 1
