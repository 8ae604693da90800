-- The settled touchpoints with what the borders of journeys are made of: `_kind` is the part of the journey that a touchpoint
-- is of, a purchase being the buyer's; `_bought` tells a purchase's signal, `_bought_before` counts those before; `_orders` counts
-- different orders until now. `_real` has the phases that are phases.
SELECT *,
    transform(settled_phase, {phases}, {parts}, '') AS part,
    mapFilter((model, its_phase) -> its_phase NOT IN ('', 'outside', 'unclassified'), settled_phases) AS _real,
    {purchase} AS _bought,
    if(_bought, 'buyer', part) AS _kind,
    count() OVER before = 0 AS _first,
    countIf(_bought) OVER before AS _bought_before,
    purchases + _bought AS _orders,
    row_number() OVER so_far AS _nth,
    anyLastIf(_kind, _kind != '') OVER before AS _kind_before,
    ifNull(days_since_last > {silence_days}, false) AS _silent
FROM ({settled})
WINDOW
    so_far AS (PARTITION BY journey ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    before AS (PARTITION BY journey ORDER BY occurred_at, visitor_id, sequence, UUIDToNum(id) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
