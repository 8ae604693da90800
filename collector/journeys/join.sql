-- Adds to the batch what is linked with what joined it in the round before; the rows follow in the body.
INSERT INTO klantreis.settling_batch (site, kind, value, round)
SELECT site, kind, arrayJoin(values), {round}
FROM input('site String, kind String, values Array(String)')
WHERE {my_turn}
FORMAT JSONEachRow
