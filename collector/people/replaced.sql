-- Parts that a deletion or a merge has replaced and that are still on the disk.
SELECT concat(table, '/', name) AS part
FROM system.parts
WHERE database = 'klantreis' AND NOT active AND table IN {tables:Array(String)}
