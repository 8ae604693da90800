-- For one touchpoint, the one at {row}: whether each condition holds (held), and what the fields in question are (found).
SELECT {definitions} [{held}] AS held, [{found}] AS found
FROM ({steps})
WHERE _row = {row}
