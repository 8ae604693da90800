-- What is left to do of the changes to a column in the background, and why the last try failed, if it did.
SELECT command, latest_fail_reason AS failure, parts_to_do_names AS parts
FROM system.mutations
WHERE database = 'klantreis' AND table = {table:String} AND NOT is_done AND position(command, {column:String}) > 0
