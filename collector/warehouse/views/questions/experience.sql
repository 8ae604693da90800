-- How satisfied are people over their journey, per phase and channel? The emotion line of a journey map.
--
-- Speaks of scores (`feedback_score` with its `feedback_scale`) of the period and the segment by people who are known. A score
-- is about what came before it, so it counts in the phase before it in the journey; only where there is none, in its own.
-- Satisfaction is score ÷ scale, from 0 to 1, so that scales can be compared; a net promoter score is not made of it.
--
-- * `phase`, `position`: the phase in the model and its place there
-- * `moment`: `before` or `after` the first purchase of the person
-- * `channel`: on which the score was given
-- * `scores`, `people`: how many, of how many
-- * `satisfaction`, `median_satisfaction`: on average, and in the middle
-- * `low_share`, `high_share`: scores of at most half the scale; of at least nine tenths
--
-- **To compare with:** "the moment of truth" is after the purchase.
--
-- ```sql
-- SELECT * FROM klantreis.experience(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.experience $on_cluster AS
SELECT found.in_phase AS phase, known.position AS position, moment, found.channel AS channel, scores, people, satisfaction, median_satisfaction, low_share, high_share
FROM
(
    SELECT if($previous = '', $phase, $previous) AS in_phase, if(customer, 'after', 'before') AS moment, channel,
        count() AS scores, uniqExact(person) AS people, avg(feedback_score / feedback_scale) AS satisfaction,
        quantileExactInclusive(0.5)(feedback_score / feedback_scale) AS median_satisfaction,
        countIf(2 * feedback_score <= feedback_scale) / scores AS low_share, countIf(10 * feedback_score >= 9 * feedback_scale) / scores AS high_share
    FROM klantreis.journey_steps_stored FINAL
    WHERE person != 0 AND feedback_score IS NOT NULL AND feedback_scale > 0 AND $counted AND $in_period AND $in_segment
    GROUP BY in_phase, moment, channel
) AS found
LEFT ANY JOIN (SELECT phase, position FROM klantreis.phases WHERE $of_model) AS known ON known.phase = found.in_phase
ORDER BY position = 0, position, moment = 'after', scores DESC, channel;
