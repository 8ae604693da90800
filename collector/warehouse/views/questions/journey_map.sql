-- How many touchpoints, people and conversions are there in each phase on each channel? The customer journey map.
--
-- Counts touchpoints of the period and the segment. `outside` (the model has no phase for it) and `unclassified` are
-- rows too, at the end, so that the touchpoints add up to all there are.
--
-- * `phase`, `position`: the phase in the model and its place there, from 1; 0: no phase of the model
-- * `channel`: where it took place
-- * `touchpoints`: all of them
-- * `anonymous`: of these, those of nobody that is known (no consent, a till without a card)
-- * `people`: different people, exactly; somebody who was on two channels counts on both
-- * `conversions`: purchases made there, each order once, however often it was told
--
-- **To compare with:** the customer journey map itself, every interaction drawn.
--
-- ```sql
-- SELECT * FROM klantreis.journey_map(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.journey_map $on_cluster AS
SELECT found.in_phase AS phase, known.position AS position, found.on_channel AS channel, touchpoints, anonymous, people, conversions
FROM
(
    -- By one number, which is worked out once for each text and not for each row: two texts as a key cost twice as much.
    SELECT any($phase) AS in_phase, any(channel) AS on_channel, count() AS touchpoints, countIf(person = 0) AS anonymous,
        uniqExactIf(person, person != 0) AS people, countIf(purchase) AS conversions
    FROM klantreis.journey_steps_stored FINAL
    WHERE $counted AND $in_period AND $in_segment
    GROUP BY cityHash64($phase) + 3 * cityHash64(channel)
) AS found
LEFT ANY JOIN (SELECT phase, position FROM klantreis.phases WHERE $of_model) AS known ON known.phase = found.in_phase
ORDER BY position = 0, position, phase, touchpoints DESC, channel;
