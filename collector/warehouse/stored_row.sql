-- One stored touchpoint as rules see it before they classify it: in the place of touchpoints that come from a sender.
SELECT toUInt64(0) AS _row, * EXCEPT (signal, phase, phases, rules, rule_set)
FROM klantreis.touchpoints
WHERE site = {site:String} AND visitor_id = {visitor_id:String}
    AND occurred_at_sent = fromUnixTimestamp64Milli({sent_ms:Int64}, 'UTC') AND id = {id:UUID}
