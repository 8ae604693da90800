-- Who recommends, whom do they reach, in which phase were those, and what became of it?
--
-- Speaks of touchpoints of the period and the segment by people who are known. Somebody is reached by a touchpoint with the
-- signal `ambassador_met` or `friend_referred`, or with an `ambassador_code` that is not a recommendation of their own (signal
-- `recommended`). The first one by an ambassador counts; purchases by it and afterwards are looked at
-- without limit.
--
-- * `ambassador`: the code; empty: a friend who gave none
-- * `phase`, `position`: the phase in the model that those who were reached were in then, a row for each
-- * `reached`: people
-- * `newcomers`: of these, who had never bought
-- * `bought`: of `reached`, with a purchase by it or afterwards
-- * `newcomers_bought`: of `newcomers`, with a purchase by it or afterwards
-- * `early_share`: share of all newcomers of this ambassador, over all phases, who were in one of the first four
-- * `recommenders`, `recommendations`: people who recommended with this code, and how often; the same on each row of the code
--
-- **To compare with:** the most valuable touchpoint is a new customer who meets an ambassador in one of the first four phases.
--
-- ```sql
-- SELECT * FROM klantreis.ambassadors(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.ambassadors $on_cluster AS
WITH
    recommending AS
    (
        SELECT ambassador_code AS ambassador, uniqExact(person) AS recommenders, count() AS recommendations
        FROM klantreis.journey_steps_stored FINAL
        WHERE person != 0 AND signal = 'recommended' AND $counted AND $in_period AND $in_segment
        GROUP BY ambassador
    ),
    meetings AS
    (
        SELECT ambassador_code AS ambassador, person, min((occurred_at, touch, toString($phase), customer)) AS met
        FROM klantreis.journey_steps_stored FINAL
        WHERE person != 0 AND signal != 'recommended' AND (signal IN ('ambassador_met', 'friend_referred') OR ambassador_code != '')
            AND $counted AND $in_period AND $in_segment
        GROUP BY ambassador, person
    ),
    purchases AS
    (
        SELECT person, max(occurred_at) AS last_bought
        FROM klantreis.journey_steps_stored FINAL
        WHERE person != 0 AND purchase AND $counted
        GROUP BY person
    ),
    reaching AS
    (
        SELECT meetings.ambassador AS ambassador, met.3 AS in_phase, count() AS reached, countIf(NOT met.4) AS newcomers,
            countIf(last_bought >= met.1) AS bought, countIf(NOT met.4 AND last_bought >= met.1) AS newcomers_bought
        FROM meetings
        LEFT ANY JOIN purchases ON purchases.person = meetings.person
        GROUP BY ambassador, in_phase
    )
SELECT if(reaching.reached > 0, reaching.ambassador, recommending.ambassador) AS ambassador, reaching.in_phase AS phase, known.position AS position,
    reached, newcomers, bought, newcomers_bought,
    sumIf(newcomers, position BETWEEN 1 AND 4) OVER same / sum(newcomers) OVER same AS early_share, recommenders, recommendations
FROM reaching
FULL JOIN recommending ON recommending.ambassador = reaching.ambassador
LEFT ANY JOIN (SELECT phase, position FROM klantreis.phases WHERE $of_model) AS known ON known.phase = reaching.in_phase
WINDOW same AS (PARTITION BY if(reaching.reached > 0, reaching.ambassador, recommending.ambassador))
ORDER BY sum(reached) OVER same DESC, ambassador, position = 0, position, phase;
