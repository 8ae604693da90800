-- Says whose journeys have to be settled anew; the rows follow in the body. As in load.sql, unless somebody was forgotten
-- meanwhile.
INSERT INTO klantreis.changed (site, kind, value)
SELECT site, kind, value
FROM input('site String, kind String, value String')
WHERE $unless_forgotten
