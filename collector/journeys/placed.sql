-- The touchpoints of the batch in their journeys: which, and what stands before and behind, the nearest that has a phase.
-- Numbers alone, which windows go through at a fraction of the cost of texts: `_real1` … are the places of phases in their
-- models, from 1, and 0 for what is no phase.
SELECT site AS of_site, occurred_at_sent AS of_occurred_at_sent, touch AS of_touch, person, part, customer, purchases, touchpoints,
    sessions, days_since_last, days_since_purchase, arrived_by_ambassador, purchase,
    {placed},
    if(person = 0, 0, first_value(cityHash64(person, occurred_at_sent, touch)) OVER so_far) AS journey,
    if(person = 0, 0, number_of) AS journey_number,
    if(person = 0, 0, row_number() OVER so_far) AS step,
    dateDiff('millisecond', anyLastOrNull(occurred_at) OVER before, occurred_at) / 1000 AS seconds_since_previous,
    number_of < _journeys AS _followed
FROM
(
    SELECT * EXCEPT (journey, journey_number), journey AS of_whom, journey_number AS number_of
    FROM ({numbered})
)
WINDOW
    so_far AS (PARTITION BY of_whom, number_of ORDER BY touchpoints ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    before AS (PARTITION BY of_whom, number_of ORDER BY touchpoints ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    -- Backwards, so that each row adds to the one before: a frame that ends with the journey would be gone through for each.
    after AS (PARTITION BY of_whom, number_of ORDER BY touchpoints DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
