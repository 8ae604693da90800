-- The touchpoints with the number of their journey, and how many journeys the person has.
SELECT *,
    sum(_begins) OVER so_far AS journey_number,
    sum(_begins) OVER everything AS _journeys
FROM ({borders})
WINDOW
    so_far AS (PARTITION BY journey ORDER BY touchpoints ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    everything AS (PARTITION BY journey ORDER BY touchpoints ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
