-- Puts the touchpoints of the batch, with whose they are, where the other statement finds them.
INSERT INTO klantreis.settling_touchpoints ({columns})
SELECT {columns}
FROM ({owned})
WHERE {my_turn}
