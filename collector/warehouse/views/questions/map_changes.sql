-- What changed in the journey map between two periods, or between what two versions of the rules settled?
--
-- Counts touchpoints of the segment twice: those of the period and those of the other period, given by `other_since` and
-- `other_until` (days like `since` and `until`; empty: without limit). Where `rule_set` or `other_rule_set` is given, only
-- touchpoints that were settled by rules with that hash are counted on that side; column `rule_set` of `klantreis.journey_steps`
-- tells which there are. Touchpoints that are settled anew have the new hash; what changed rules would do to each touchpoint is
-- told by `klantreis rules diff`.
--
-- * `phase`, `position`, `channel`: as in journey_map
-- * `touchpoints`, `people`, `conversions`: in the period
-- * `other_touchpoints`, `other_people`, `other_conversions`: in the other one
-- * `share`, `other_share`: of all touchpoints of that side
-- * `change`: `share` − `other_share`, in parts of one: what grew, when the periods are not of the same length
--
-- **To compare with:** a map of a city is updated; so is a journey map.
--
-- ```sql
-- SELECT * FROM klantreis.map_changes(site='', model='', since='2026-02-01', until='2026-03-01', time_zone='Europe/Amsterdam', segment='', bots=0,
--     other_since='2026-01-01', other_until='2026-02-01', rule_set='', other_rule_set='')
-- ```
CREATE OR REPLACE VIEW klantreis.map_changes $on_cluster AS
SELECT found.in_phase AS phase, known.position AS position, found.channel AS channel,
    touchpoints, other_touchpoints, people, other_people, conversions, other_conversions,
    touchpoints / sum(touchpoints) OVER everything AS share, other_touchpoints / sum(other_touchpoints) OVER everything AS other_share,
    share - other_share AS change
FROM
(
    SELECT in_phase, channel, countIf(here) AS touchpoints, countIf(there) AS other_touchpoints,
        uniqExactIf(person, here AND person != 0) AS people, uniqExactIf(person, there AND person != 0) AS other_people,
        countIf(here AND purchase) AS conversions, countIf(there AND purchase) AS other_conversions
    FROM
    (
        SELECT $phase AS in_phase, channel, person, purchase,
            $in_period AND ({rule_set:String} = '' OR rule_set = {rule_set:String}) AS here,
            occurred_at >= toDateTime64(if({other_since:String} = '', '1970-01-01', {other_since:String}), 3, {time_zone:String})
                AND occurred_at < toDateTime64(if({other_until:String} = '', '2299-12-31', {other_until:String}), 3, {time_zone:String})
                AND ({other_rule_set:String} = '' OR rule_set = {other_rule_set:String}) AS there
        FROM klantreis.journey_steps_stored FINAL
        WHERE $counted AND $in_segment AND (here OR there)
    )
    GROUP BY in_phase, channel
) AS found
LEFT ANY JOIN (SELECT phase, position FROM klantreis.phases WHERE $of_model) AS known ON known.phase = found.in_phase
WINDOW everything AS ()
ORDER BY abs(change) DESC, position, phase, channel;
