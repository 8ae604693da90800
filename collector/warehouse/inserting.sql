-- Statements that are putting rows into the tables of people now.
SELECT query_id
FROM system.processes
WHERE position(query, 'INSERT INTO klantreis.') > 0 AND position(query, 'system.processes') = 0
