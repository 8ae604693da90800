-- Every touchpoint that has this id, with how it is classified and the key under which it is found again at once. The id
-- alone is no key: another site or another visitor may use the same one.
SELECT site, visitor_id, toUnixTimestamp64Milli(occurred_at_sent) AS sent_ms, toString(id) AS identity, type, occurred_at,
    signal, phases, rules, rule_set
FROM klantreis.touchpoints
WHERE id = {id:UUID}
ORDER BY site, occurred_at, visitor_id
LIMIT 10
