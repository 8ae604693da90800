-- Says whose journeys have to be settled anew; a row for each kind of identifier follows in the body. As in load.sql, unless
-- somebody was forgotten meanwhile.
INSERT INTO klantreis.changed (site, kind, value)
SELECT site, kind, value
FROM input('site String, kind String, values Array(String)')
ARRAY JOIN values AS value
WHERE $unless_forgotten
