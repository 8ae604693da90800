-- The facts of the journey for every step of every journey: the one definition of what collector/phases/facts.py names.
--
-- {steps} gives a row for each touchpoint with `journey` (whose it is) and, of the columns of klantreis.touchpoints, at
-- least id, site, occurred_at, visitor_id, sequence, session_id, order_id, ambassador_code, signal and phases (the own
-- phases). All its columns are passed on. {purchase} and {ambassador} are conditions on the signal, of the rule set;
-- {own} are windows over own phases that its rules ask for.
--
-- `so_far` includes the touchpoint itself, `before` does not. Both grow row by row, so a journey costs what its length
-- costs. Sessions and purchases are counted so far and without the touchpoint's own: an order that is told twice is then no
-- earlier purchase of itself. `purchase` is the first telling of an order.
SELECT * EXCEPT (_purchase, _ambassador),
    toBool(purchases > 0) AS customer,
    if(purchases = 0, NULL, dateDiff('millisecond', maxOrNullIf(occurred_at, purchase) OVER before, occurred_at) / 86400000) AS days_since_purchase,
    toBool(max(_ambassador AND purchases = 0) OVER so_far) AS arrived_by_ambassador
FROM
(
    SELECT *,
        count() OVER before AS touchpoints,
        uniqExactIf(session_id, session_id != '') OVER so_far - (session_id != '') AS sessions,
        uniqExactIf((site, if(order_id = '', toString(id), order_id)), _purchase) OVER so_far - _purchase AS purchases,
        _purchase AND purchases = uniqExactIf((site, if(order_id = '', toString(id), order_id)), _purchase) OVER before AS purchase,
        dateDiff('millisecond', maxOrNull(occurred_at) OVER before, occurred_at) / 86400000 AS days_since_last{own}
    FROM
    (
        SELECT *,
            {purchase} AS _purchase,
            {ambassador} OR ambassador_code != '' AS _ambassador
        FROM ({steps})
    )
    WINDOW
        so_far AS (PARTITION BY journey ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
        before AS (PARTITION BY journey ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
WINDOW
    so_far AS (PARTITION BY journey ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    before AS (PARTITION BY journey ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
