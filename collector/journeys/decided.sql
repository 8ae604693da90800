-- What somebody decided of a pair, in both directions.
SELECT toString(site) AS site, toString(pair.1) AS kind, pair.2 AS value, toString(pair.3) AS other_kind, pair.4 AS other_value, toString(decision) AS decision
FROM
(
    SELECT site, decision, arrayJoin([(kind, value, other_kind, other_value), (other_kind, other_value, kind, value)]) AS pair
    FROM klantreis.identity_decisions FINAL
    WHERE decision IN ('link', 'unlink')
)
