-- Which channels, sources, media or campaigns deserve credit for the purchases, by a rule of your choice?
--
-- Speaks of purchases of the period by people who are known, in journeys with a touchpoint of the segment. The touches of a
-- purchase are the arrivals (touchpoints with a `came_by`) in its journey up to and including it, and not older than
-- `window_days` (0: the whole journey). A purchase without any touch gives its credit to `(no touch)`.
--
-- Parameter `by` says what gets the credit: `came_by`, `source`, `medium` or `campaign`. Parameter `rule`:
--
-- | rule | credit |
-- |---|---|
-- | `first` | all to the first touch |
-- | `last` | all to the last |
-- | `last_non_direct` | all to the last that is not `Direct`; to the last if all are |
-- | `linear` | the same to each |
-- | `position` | 40 % to the first, 40 % to the last, 20 % shared by those between; two touches half each, one all |
-- | `time_decay` | 2 ^ (−days before the purchase ÷ `half_life_days`), made to add up to one |
--
-- Credit is exact: in decimals of twelve places, of which the last touch takes what rounding leaves, so that a purchase's credit is
-- one and its revenue is all handed out. The Markov rule looks at journeys without a purchase as well and is not computed in SQL:
-- `klantreis ask attribution --rule markov`, from `klantreis.attribution_transitions`.
--
-- * `name`: the channel group, source, medium or campaign; empty: a touch that has none, `(no touch)`: no touch
-- * `currency`: of the orders; empty: they said no total
-- * `conversions`: credit, in purchases
-- * `share`: of the credit of all purchases, in whatever currency
-- * `revenue`: credit × order total, in the currency
-- * `touched`: purchases that it had any touch of
--
-- **To compare with:** what the last click alone says: `rule='last'`.
--
-- ```sql
-- SELECT * FROM klantreis.attribution(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0,
--     by='came_by', rule='position', half_life_days=7, window_days=0)
-- ```
CREATE OR REPLACE VIEW klantreis.attribution $on_cluster AS
WITH
    CAST({by:String}, 'Enum8(\'came_by\' = 1, \'source\' = 2, \'medium\' = 3, \'campaign\' = 4)') AS named_by,
    CAST({rule:String}, 'Enum8(\'first\' = 1, \'last\' = 2, \'last_non_direct\' = 3, \'linear\' = 4, \'position\' = 5, \'time_decay\' = 6)') AS chosen_rule,
    conversions AS
    (
        SELECT journey, step, occurred_at, order_total, order_currency
        FROM klantreis.journey_steps_stored FINAL
        WHERE journey != 0 AND purchase AND $counted AND $in_period
            AND ({segment:String} = '' OR journey IN (SELECT journey FROM klantreis.journey_steps_stored FINAL WHERE journey != 0 AND $counted AND $in_segment))
    ),
    touches AS
    (
        SELECT journey, arraySort(groupArray((step, occurred_at, toString(multiIf(named_by = 'came_by', came_by, named_by = 'source', source, named_by = 'medium', medium, campaign)), came_by = 'Direct'))) AS all_touches
        FROM klantreis.journey_steps_stored FINAL
        WHERE came_by != '' AND $counted AND journey IN (SELECT journey FROM conversions)
        GROUP BY journey
    ),
    paths AS
    (
        SELECT order_total, order_currency,
            arrayFilter(touch -> touch.1 <= step AND ({window_days:Float64} = 0 OR dateDiff('millisecond', touch.2, occurred_at) <= {window_days:Float64} * 86400000), all_touches) AS touched,
            if(empty(touched), ['(no touch)'], arrayMap(touch -> touch.3, touched)) AS names,
            length(names) AS number,
            arrayLastIndex(touch -> NOT touch.4, touched) AS indirect,
            arrayMap(touch -> exp2(-(dateDiff('millisecond', touch.2, occurred_at) - dateDiff('millisecond', touched[-1].2, occurred_at)) / 86400000 / {half_life_days:Float64}), touched) AS decayed,
            multiIf(
                number = 1, [1.],
                chosen_rule = 'first', arrayMap(at -> toFloat64(at = 1), range(1, number + 1)),
                chosen_rule = 'last', arrayMap(at -> toFloat64(at = number), range(1, number + 1)),
                chosen_rule = 'last_non_direct', arrayMap(at -> toFloat64(at = if(indirect = 0, number, indirect)), range(1, number + 1)),
                chosen_rule = 'linear', arrayWithConstant(number, 1 / number),
                chosen_rule = 'position', if(number = 2, [0.5, 0.5], arrayMap(at -> if(at IN (1, number), 0.4, 0.2 / (number - 2)), range(1, number + 1))),
                arrayMap(weight -> weight / arraySum(decayed), decayed)) AS weights,
            arrayPopBack(arrayMap(weight -> toDecimal128(weight, 12), weights)) AS rounded,
            arrayPushBack(rounded, CAST(toDecimal128(1, 12) - arraySum(rounded), 'Decimal(38, 12)')) AS credits
        FROM conversions
        LEFT ANY JOIN touches ON touches.journey = conversions.journey
    )
SELECT name, order_currency AS currency, sum(credit) AS conversions, toFloat64(conversions) / sum(toFloat64(conversions)) OVER () AS share,
    sum(toDecimal256(ifNull(order_total, 0), 4) * credit) AS revenue, sum(is_first) AS touched
FROM
(
    SELECT order_total, order_currency, one.1 AS name, one.2 AS credit, one.1 != '(no touch)' AND one.3 = 1 AS is_first
    FROM paths
    ARRAY JOIN arrayZip(names, credits, arrayEnumerateUniq(names)) AS one
)
GROUP BY name, currency
ORDER BY conversions DESC, name, currency;
