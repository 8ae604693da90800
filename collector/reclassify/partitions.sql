-- Months in which a touchpoint of the span lies; by its sender's clock it may be in another one.
SELECT DISTINCT _partition_id AS partition
FROM klantreis.$table
WHERE $span
ORDER BY partition
