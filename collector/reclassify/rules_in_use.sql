-- The rules that journeys are settled by.
SELECT any(rule_set) AS rule_set
FROM klantreis.phases
