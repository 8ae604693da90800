-- Rows of a table or view for a file: the names are those that ClickHouse itself gave, the values are bound.
SELECT $columns
FROM klantreis.$source
WHERE $conditions
