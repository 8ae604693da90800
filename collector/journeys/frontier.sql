-- The identifiers that joined the batch in one round.
SELECT site, kind, value FROM klantreis.settling_batch WHERE round = {round}
