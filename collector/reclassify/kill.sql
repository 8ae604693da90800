-- Gives up the changes to a column that are not done.
KILL MUTATION WHERE database = 'klantreis' AND table = {table:String} AND NOT is_done AND position(command, {column:String}) > 0 SYNC
