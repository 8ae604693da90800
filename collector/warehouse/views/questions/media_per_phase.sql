-- Which media are used in which phase, by business buyers and by consumers?
--
-- Counts touchpoints of the period and the segment, of people who are known. Somebody is `b2b` if any touchpoint of theirs
-- ever said so, else `b2c` if any said that, else neither.
--
-- A medium is what brought the person, where that is known (`came_by`): Paid and Organic Search are `search`, Social, Video
-- and Shopping likewise; Email `email`, SMS `messaging`, Mobile Push Notifications `mobile`, Display `display`, Audio
-- `broadcast`, AI Assistant `assistant`, Affiliates `affiliate`, Referral `referral`. Otherwise it is the channel.
--
-- * `audience`: `b2b`, `b2c`, or empty: not known
-- * `phase`, `position`: the phase in the model and its place there; an empty phase stands for the whole of the buyer's journey
-- * `medium`: as above
-- * `touchpoints`, `people`: that used the medium in the phase
-- * `share`: of all people of the audience with a touchpoint in the phase
--
-- **To compare with:** over 50 % of business buyers use social media to orient themselves: `audience = 'b2b'`, empty phase,
-- `medium = 'social'`.
--
-- ```sql
-- SELECT * FROM klantreis.media_per_phase(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.media_per_phase $on_cluster AS
WITH
    known AS (SELECT phase, position, part FROM klantreis.phases WHERE $of_model),
    companies AS
    (
        SELECT person, max(company_type = 'b2b') AS is_b2b
        FROM klantreis.journey_steps_stored FINAL
        WHERE person != 0 AND company_type IN ('b2b', 'b2c') AND $counted
        GROUP BY person
    ),
    -- One pass over the touchpoints: sets of people, of which those of the whole phase and of the whole buyer's journey are made.
    sets AS
    (
        SELECT multiIf(person IN (SELECT person FROM companies WHERE is_b2b), 'b2b', person IN (SELECT person FROM companies WHERE NOT is_b2b), 'b2c', '') AS audience,
            $phase AS in_phase,
            transform(came_by,
                ['Paid Search', 'Organic Search', 'Paid Social', 'Organic Social', 'Paid Video', 'Organic Video', 'Paid Shopping', 'Organic Shopping',
                    'Email', 'SMS', 'Mobile Push Notifications', 'Display', 'Audio', 'AI Assistant', 'Affiliates', 'Referral'],
                ['search', 'search', 'social', 'social', 'video', 'video', 'shopping', 'shopping',
                    'email', 'messaging', 'mobile', 'display', 'broadcast', 'assistant', 'affiliate', 'referral'], channel) AS by_medium,
            count() AS touches, uniqExactState(person) AS set
        FROM klantreis.journey_steps_stored FINAL
        WHERE person != 0 AND in_phase IN (SELECT phase FROM known) AND $counted AND $in_period AND $in_segment
        GROUP BY audience, in_phase, by_medium
    ),
    found AS
    (
        SELECT audience, shown_phase, by_medium, grouping(by_medium) AS is_whole, sum(touches) AS touchpoints, uniqExactMerge(set) AS people
        FROM
        (
            SELECT audience, by_medium, touches, set,
                arrayJoin(if(in_phase IN (SELECT phase FROM known WHERE part = 'buyer'), ['', toString(in_phase)], [toString(in_phase)])) AS shown_phase
            FROM sets
        )
        GROUP BY GROUPING SETS ((audience, shown_phase, by_medium), (audience, shown_phase))
    )
SELECT shared.audience AS audience, shared.shown_phase AS phase, known.position AS position, shared.by_medium AS medium, touchpoints, people,
    people / everybody AS share
FROM (SELECT *, sumIf(people, is_whole = 1) OVER (PARTITION BY audience, shown_phase) AS everybody FROM found) AS shared
LEFT ANY JOIN known ON known.phase = shared.shown_phase
WHERE is_whole = 0
ORDER BY audience, position, people DESC, medium;
