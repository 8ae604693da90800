-- Whether there are links that nothing has told for {days} days, and since when that is (seconds since 1970).
SELECT toUnixTimestamp(now() - toIntervalDay({days:UInt32})) AS since, count() AS ended
FROM klantreis.identities_stored
WHERE told_at < now() - toIntervalDay({days:UInt32})
