-- One person's whole way over every channel, as docs/journeys.md shows it.
SELECT
    step, journey, person, occurred_at, seconds_since_previous, channel, type, signal, phase, phases, rules, direction, part,
    visitor_id
FROM klantreis.journey_steps
WHERE person = (SELECT any(person) FROM klantreis.people WHERE kind = 'customer' AND value = {customer:String})
ORDER BY journey_number, step
