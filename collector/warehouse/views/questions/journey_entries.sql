-- In which phase and on which channel do journeys begin, and where do they end?
--
-- Speaks of journeys that began in the period and have a touchpoint of the segment. A journey begins with its first
-- touchpoint that has a phase in the model and ends with its last; one that still goes on has its end where it is now. Where
-- a program's touchpoint stands there, that edge is not counted unless programs are.
--
-- * `edge`: `begin` or `end`
-- * `phase`, `position`: the phase, and its place in the model
-- * `channel`: where that touchpoint took place
-- * `journeys`: how many begin, or end, there
-- * `share`: of all that begin, or of all that end
--
-- **To compare with:** a journey "can begin anywhere".
--
-- ```sql
-- SELECT * FROM klantreis.journey_entries(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.journey_entries $on_cluster AS
SELECT edge, found.in_phase AS phase, known.position AS position, found.channel AS channel, journeys,
    journeys / sum(journeys) OVER (PARTITION BY edge) AS share
FROM
(
    SELECT arrayJoin(arrayConcat(if($previous = '', ['begin'], []), if($next = '', ['end'], []))) AS edge,
        $phase AS in_phase, channel, count() AS journeys
    FROM klantreis.journey_steps_stored FINAL
    WHERE in_phase NOT IN ('', 'outside', 'unclassified') AND ($previous = '' OR $next = '') AND $counted AND $in_journeys
    GROUP BY edge, in_phase, channel
) AS found
LEFT ANY JOIN (SELECT phase, position FROM klantreis.phases WHERE $of_model) AS known ON known.phase = found.in_phase
ORDER BY edge, position, phase, journeys DESC, channel;
