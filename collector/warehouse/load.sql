-- Classifies and stores a range of the spool in one statement.
INSERT INTO klantreis.touchpoints_stored ($columns)
SELECT $columns
FROM
(
    SELECT *, $classification
    FROM
    (
$rows
    )
)
