-- Classifies and stores a range of the spool in one statement, unless somebody was forgotten since its rows were composed:
-- the state of the list is that of the loader's, or nothing is stored. It is looked at when the statement begins, so an
-- INSERT that began after somebody was forgotten cannot bring them back.
INSERT INTO klantreis.touchpoints_stored ($columns)
SELECT $columns
FROM
(
$classified
)
WHERE $unless_forgotten
