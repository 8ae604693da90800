-- Puts the touchpoints of the batch, with whose they are, where the other statement finds them.
INSERT INTO klantreis.settling_touchpoints ({columns})
SELECT {columns}
FROM ({whose})
WHERE {my_turn}
