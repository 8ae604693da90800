-- How many people look up an address or phone number, and in which phase?
--
-- Speaks of people with a touchpoint of the period and the segment. A look-up has the signal `contact_looked_up`. The person is
-- in the phase of the look-up itself, and still in the one before it, so it counts in both.
--
-- * `phase`, `position`: the phase in the model and its place there; the first row, with an empty phase, is of all phases
-- * `people`: with a touchpoint in the phase
-- * `looked_up`, `share`: of these, people who looked it up while in the phase; their share
-- * `lookups`: how often
--
-- **To compare with:** over 60 %, in several phases.
--
-- ```sql
-- SELECT * FROM klantreis.contact_lookup(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.contact_lookup $on_cluster AS
SELECT found.shown_phase AS phase, known.position AS position, people, looked_up, looked_up / people AS share, lookups
FROM
(
    SELECT shown_phase, uniqExact(person) AS people, uniqExactIf(person, looking) AS looked_up, countIf(looking) AS lookups
    FROM
    (
        SELECT person, signal = 'contact_looked_up' AS looking,
            arrayJoin(if(looking AND $previous NOT IN ('', $phase), ['', toString($phase), toString($previous)], ['', toString($phase)])) AS shown_phase
        FROM klantreis.journey_steps_stored FINAL
        WHERE person != 0 AND $counted AND $in_period AND $in_segment
    )
    WHERE shown_phase NOT IN ('outside', 'unclassified')
    GROUP BY shown_phase
) AS found
LEFT ANY JOIN (SELECT phase, position FROM klantreis.phases WHERE $of_model) AS known ON known.phase = found.shown_phase
ORDER BY position, phase;
