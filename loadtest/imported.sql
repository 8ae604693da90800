-- What analysts see of the orders that were imported, by the number in their id: how many rows, how many numbers, and how
-- many of those the file did not have as good rows.
SELECT count() AS rows, uniqExact(number) AS numbers, countIf(number >= {orders:UInt64} OR number % {spoilt_every:UInt64} = 0) AS strange
FROM (SELECT toUInt64(substring(order_id, 3)) AS number FROM klantreis.touchpoints WHERE site = 'shop' AND key = 'history')
