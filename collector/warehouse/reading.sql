-- Queries that run now, whoever asked: one that names no table of ours may still read a view of its own on one.
SELECT query_id
FROM system.processes
WHERE query_kind = 'Select' AND position(query, 'system.processes') = 0
