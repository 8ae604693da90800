-- The links of some identifiers, each pair once, with what was decided of it.
WITH arrayZip({kinds:Array(String)}, {values:Array(String)}) AS nodes
SELECT toString(pairs.kind) AS kind, pairs.value AS value, toString(pairs.other_kind) AS other_kind, pairs.other_value AS other_value,
    min(pairs.first_at) AS first_at, max(pairs.fact) AS together, max(pairs.decision) AS decision
FROM
(
    SELECT toString(kind) AS kind, value, toString(other_kind) AS other_kind, other_value, toNullable(first_at) AS first_at, true AS fact, '' AS decision
    FROM klantreis.identities_stored
    WHERE site = {site:String} AND other_kind != 'touchpoint' AND (toString(kind), value) IN (SELECT arrayJoin(nodes))
    UNION ALL
    SELECT kind, value, other_kind, other_value, NULL, false, decision
    FROM ({decided})
    WHERE site = {site:String} AND (kind, value) IN (SELECT arrayJoin(nodes))
) AS pairs
WHERE (kind, value) < (other_kind, other_value) OR (other_kind, other_value) NOT IN (SELECT arrayJoin(nodes))
GROUP BY ALL
ORDER BY ALL
