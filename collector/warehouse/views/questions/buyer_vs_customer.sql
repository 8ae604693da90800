-- How do buyers' journeys differ from customers' journeys: length, duration, channels, repeat purchases?
--
-- Speaks of people whose first touchpoint lies in the period and who have a touchpoint of the segment. The buyer's journey is
-- what somebody does from the first touchpoint up to and including the first purchase; the customer's journey is all that
-- somebody who bought ever does. Both are of people, over all the journeys that theirs are cut into.
--
-- * `journey`: `buyer` (of people who bought), `open` (the same of people who have not bought so far), `customer`
-- * `people`: how many
-- * `mean_touchpoints`, `median_touchpoints`: length
-- * `mean_days`, `median_days`: from the first touchpoint to the last
-- * `mean_channels`: different channels
-- * `omnichannel`: share with touchpoints on two channels or more
-- * `repeat_rate`: share with a second purchase (`customer` only, else 0)
--
-- **To compare with:** a buyer's journey ends with the first purchase; a customer's goes on and comes round.
--
-- ```sql
-- SELECT * FROM klantreis.buyer_vs_customer(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.buyer_vs_customer $on_cluster AS
WITH
    -- The channels of a person as bits: they are a closed list, and a set for each person took three times as long.
    people AS
    (
        SELECT countIf(NOT customer) AS buyer_steps, count() AS all_steps, countIf(purchase) AS bought,
            min(occurred_at) AS began, maxIf(occurred_at, NOT customer) AS buyer_ended, max(occurred_at) AS ended,
            groupBitOrIf(bit, NOT customer) AS buyer_channels, groupBitOr(bit) AS all_channels
        FROM
        (
            SELECT person, occurred_at, customer, purchase, $in_segment AS meant,
                bitShiftLeft(toUInt32(1), toUInt8(transform(channel, ['web', 'mobile', 'store', 'phone', 'chat', 'messaging', 'email', 'social', 'search',
                    'display', 'video', 'print', 'broadcast', 'outdoor', 'event', 'partner'], range(1, 17), 0))) AS bit
            FROM klantreis.journey_steps_stored FINAL
            WHERE person != 0 AND $counted
        )
        GROUP BY person
        HAVING began >= $since AND began < $until AND max(meant)
    )
SELECT one.1 AS journey, count() AS people, avg(one.2) AS mean_touchpoints, quantileExactInclusive(0.5)(one.2) AS median_touchpoints,
    avg(one.3) / 86400000 AS mean_days, quantileExactInclusive(0.5)(one.3) / 86400000 AS median_days,
    avg(bitCount(one.4)) AS mean_channels, countIf(bitCount(one.4) > 1) / people AS omnichannel, countIf(one.5 > 1) / people AS repeat_rate
FROM
(
    SELECT arrayJoin(if(bought = 0,
        [('open', buyer_steps, dateDiff('millisecond', began, buyer_ended), buyer_channels, 0)],
        [('buyer', buyer_steps, dateDiff('millisecond', began, buyer_ended), buyer_channels, 0), ('customer', all_steps, dateDiff('millisecond', began, ended), all_channels, bought)])) AS one
    FROM people
    WHERE buyer_steps > 0
)
GROUP BY journey
ORDER BY indexOf(['buyer', 'open', 'customer'], journey);
