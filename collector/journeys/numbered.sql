-- The touchpoints with the number of their journey; the phases that are phases, for what is before and after; and whether a
-- purchase is told for the first time.
SELECT *,
    sum(_begins) OVER so_far AS journey_number,
    max(_nth) OVER everything AS _last_nth,
    sum(_begins) OVER everything AS _journeys,
    _bought AND _orders > ifNull(_orders_before, 0) AS purchase
FROM
(
    SELECT *,
        mapFilter((model, its_phase) -> its_phase NOT IN ('', 'outside', 'unclassified'), settled_phases) AS _real,
        anyLast(_orders) OVER before AS _orders_before
    FROM ({borders})
    WINDOW before AS (PARTITION BY journey ORDER BY occurred_at, visitor_id, sequence, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
WINDOW
    so_far AS (PARTITION BY journey ORDER BY occurred_at, visitor_id, sequence, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    everything AS (PARTITION BY journey ORDER BY occurred_at, visitor_id, sequence, id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
