-- Touchpoints of examples as steps of their journeys, classified as at load: what facts.sql takes.
SELECT *, {journeys}[_row + 1] AS journey, {select_list}
FROM (SELECT * {stated} FROM ({touchpoints}))
