-- Which rule of each layer matches each touchpoint of {asked} once its journey is settled. {journeys} says for each
-- touchpoint, by its position, which journey it belongs to.
SELECT _row, mapUpdate(map('signal', rules['signal']), settled_rules) AS rules
FROM
(
    SELECT *, {settled}
    FROM ({facts})
)
WHERE has({asked}, _row)
ORDER BY _row
