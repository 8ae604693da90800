-- Parts that ClickHouse has put aside, damaged ones for instance: no statement can look into them.
SELECT concat(table, '/', name) AS part
FROM system.detached_parts
WHERE database = 'klantreis' AND table IN {tables:Array(String)}
