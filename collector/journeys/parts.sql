-- The settled touchpoints with what the borders of journeys are made of: `_kind` is the part of the journey that a touchpoint
-- is of, a purchase being the buyer's and the same order told again of none; `_bought_before` counts purchases before. A
-- touchpoint's place among those of its person is the number of those before it.
SELECT *,
    {real},
    {part} AS part,
    multiIf(purchase, 'buyer', {purchase}, '', part) AS _kind,
    touchpoints = 0 AS _first,
    countIf(purchase) OVER before AS _bought_before,
    anyLastIf(_kind, _kind != '') OVER before AS _kind_before,
    ifNull(days_since_last > {silence_days}, false) AS _silent
FROM ({settled})
WINDOW before AS (PARTITION BY journey ORDER BY touchpoints ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
