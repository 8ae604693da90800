-- For one touchpoint: whether each condition holds (held), and what the fields in question are (found).
SELECT {definitions} [{held}] AS held, [{found}] AS found
FROM (SELECT * {stated} FROM ({touchpoints}))
