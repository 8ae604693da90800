-- Which rule of each layer matches each touchpoint, in order. Used by examples and explanations.
SELECT _row, rules
FROM
(
    SELECT *, {select_list}
    FROM (SELECT * {stated} FROM ({touchpoints}))
)
ORDER BY _row
