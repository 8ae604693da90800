-- What is left to do of the deletions of a table, and why the last try failed, if it did.
SELECT count() AS unfinished, max(latest_fail_reason) AS failure
FROM system.mutations
WHERE database = 'klantreis' AND table = {table:String} AND NOT is_done AND position(command, 'DELETE') > 0
