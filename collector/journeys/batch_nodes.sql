-- The identifiers of the batch.
SELECT site, kind, value FROM klantreis.settling_batch
