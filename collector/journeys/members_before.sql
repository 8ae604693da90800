-- What was found out before of the identifiers of the batch.
SELECT site, kind, value, hub
FROM klantreis.people_stored FINAL
WHERE (site, kind, value) IN (SELECT site, kind, value FROM klantreis.settling_batch)
