-- Months with a part in which the column is not written.
SELECT partition_id AS partition, sum(rows) AS lack
FROM system.parts
WHERE database = 'klantreis' AND table = {table:String} AND active AND rows > 0
    AND name NOT IN
    (
        SELECT name
        FROM system.parts_columns
        WHERE database = 'klantreis' AND table = {table:String} AND active AND column = {column:String}
    )
GROUP BY partition_id
ORDER BY partition_id
