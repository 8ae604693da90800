-- How well is each phase served: how many journeys reach it, go on from it, end in a purchase, and how long do they stay?
--
-- Speaks of whole journeys that began in the period and have a touchpoint of the segment. Every phase of the model has a row,
-- also one that no journey reaches.
--
-- * `phase`, `position`, `part`: the phase, its place in the model, and whether it is of the buyer's journey or the customer's
-- * `journeys`: all journeys
-- * `reached`, `reach`: journeys with a touchpoint in the phase; their share of all
-- * `never`: share of journeys that never have it
-- * `touchpoints`: of these journeys in the phase
-- * `went_on`, `progress`: journeys that come to a later phase of the model after their first touchpoint in this one; their
--   share of `reached`
-- * `bought`, `conversion`: journeys with a purchase at or after their first touchpoint in the phase; their share of `reached`
-- * `mean_hours`: that a journey which reaches the phase stays in it: the time from each touchpoint to the next while this was
--   the latest phase. What follows the last touchpoint is not counted
--
-- **To compare with:** "the more phases in order, the better".
--
-- ```sql
-- SELECT * FROM klantreis.phase_scorecard(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.phase_scorecard $on_cluster AS
WITH
    positions AS (SELECT phase, position, part FROM klantreis.phases WHERE $of_model),
    (SELECT (groupArray(phase), groupArray(position)) FROM positions) AS model_of,
    -- One row a journey; `visited` holds place in the model, first and last step of each phase that it has.
    journeys AS
    (
        SELECT journey, groupArrayIf((place, first, last, touches), place > 0) AS visited, max(last_bought) AS bought_at
        FROM
        (
            SELECT journey, toUInt8(transform($phase, model_of.1, model_of.2, 0)) AS place, min(step) AS first, max(step) AS last,
                count() AS touches, maxIf(step, purchase) AS last_bought, min(occurred_at) AS began, max($in_segment) AS meant
            FROM klantreis.journey_steps_stored FINAL
            WHERE journey != 0 AND $counted
            GROUP BY journey, place
        )
        GROUP BY journey
        HAVING min(began) >= $since AND min(began) < $until AND max(meant)
    ),
    reaching AS
    (
        SELECT visit.1 AS place, count() AS reached, sum(visit.4) AS touchpoints,
            countIf(arrayExists(other -> other.1 > visit.1 AND other.3 > visit.2, visited)) AS went_on,
            countIf(bought_at >= visit.2) AS bought
        FROM journeys
        ARRAY JOIN visited AS visit
        GROUP BY place
    ),
    staying AS
    (
        SELECT $previous AS in_phase, ifNull(sum(seconds_since_previous), 0) AS seconds
        FROM klantreis.journey_steps_stored FINAL
        WHERE $counted AND $in_journeys
        GROUP BY in_phase
    )
SELECT positions.phase AS phase, positions.position AS position, positions.part AS part,
    (SELECT count() FROM journeys) AS journeys, reaching.reached AS reached, reached / journeys AS reach, 1 - reach AS never,
    reaching.touchpoints AS touchpoints, reaching.went_on AS went_on, went_on / reached AS progress,
    reaching.bought AS bought, bought / reached AS conversion, staying.seconds / reached / 3600 AS mean_hours
FROM positions
LEFT ANY JOIN reaching ON reaching.place = positions.position
LEFT ANY JOIN staying ON staying.in_phase = positions.phase
ORDER BY position;
