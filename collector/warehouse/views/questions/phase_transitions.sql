-- From which phase do journeys go to which, how often, and after how long? Loops and steps back are counted too.
--
-- A transition is a touchpoint that has a phase, in a journey that had a phase before; it counts if the touchpoint lies in
-- the period and the segment. Touchpoints without a phase in the model in between are passed over.
--
-- * `from_phase`, `to_phase`: the phase before, and the phase of the touchpoint
-- * `direction`: `forward`, `back`, or `loop` for the same phase again, by the order of the model
-- * `transitions`: how many
-- * `share`: of all transitions out of `from_phase`
-- * `mean_hours`: from the touchpoint before that has a phase to this one, on average. It is exact: the seconds between
--   touchpoints, added up over those that are passed over as well
--
-- **To compare with:** the journey is not a line.
--
-- ```sql
-- SELECT * FROM klantreis.phase_transitions(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.phase_transitions $on_cluster AS
SELECT found.from_phase AS from_phase, found.to_phase AS to_phase,
    multiIf(source.position < target.position, 'forward', source.position > target.position, 'back', 'loop') AS direction,
    transitions, transitions / sum(transitions) OVER (PARTITION BY found.from_phase) AS share, seconds / transitions / 3600 AS mean_hours
FROM
(
    SELECT from_phase, if(is_phase, own, behind) AS to_phase, sumIf(steps, is_phase) AS transitions, sum(passed_s) AS seconds
    FROM
    (
        -- A few hundred combinations, of which the rest is made. By one number, which is worked out once for each text and not for
        -- each row: three texts as a key cost nearly twice as much.
        SELECT any($previous) AS from_phase, any($phase) AS own, any($next) AS behind, own NOT IN ('', 'outside', 'unclassified') AS is_phase,
            count() AS steps, ifNull(sum(seconds_since_previous), 0) AS passed_s
        FROM klantreis.journey_steps_stored FINAL
        WHERE $counted AND $in_period AND $in_segment
        GROUP BY cityHash64($previous) + 3 * cityHash64($phase) + 7 * cityHash64($next)
    )
    GROUP BY from_phase, to_phase
    HAVING from_phase != '' AND to_phase != '' AND transitions > 0
) AS found
LEFT ANY JOIN (SELECT phase, position FROM klantreis.phases WHERE $of_model) AS source ON source.phase = found.from_phase
LEFT ANY JOIN (SELECT phase, position FROM klantreis.phases WHERE $of_model) AS target ON target.phase = found.to_phase
ORDER BY source.position, target.position, from_phase, to_phase;
