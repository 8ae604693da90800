-- Rows of parts that are still to be written anew, less what is written of them already.
SELECT toUInt64(sum(part.rows * (1 - ifNull(writing.progress, 0)))) AS left
FROM (SELECT name, rows FROM system.parts WHERE database = 'klantreis' AND table = {table:String} AND active AND name IN {parts:Array(String)}) AS part
LEFT JOIN
(
    SELECT arrayJoin(source_part_names) AS name, max(progress) AS progress
    FROM system.merges
    WHERE database = 'klantreis' AND table = {table:String} AND is_mutation
    GROUP BY name
) AS writing USING name
