-- The day that it is by ClickHouse's clock, and the salts that count for it and the next one: days as numbers.
SELECT
    toUInt16(toDate(now('UTC'))) AS today,
    groupUniqArrayIf(toUInt16(day), toUInt16(day) NOT IN (today, today + 1)) AS others,
    argMinIf(hex(salt), (made_at, salt), toUInt16(day) = today) AS of_today,
    argMinIf(hex(salt), (made_at, salt), toUInt16(day) = today + 1) AS of_tomorrow
FROM klantreis.salts
