-- Where do people meet friction, and how many fewer of them buy afterwards?
--
-- Speaks of people with a touchpoint of the period and the segment at which that friction could be met; whether they bought
-- afterwards is looked at without limit. Kinds of friction:
--
-- | kind | met | could be met |
-- |---|---|---|
-- | `repeated_question` | a contact with `contact_repeated` | contacts that say whether |
-- | `long_wait` | a contact with `contact_waited_s` of `long_wait_s` or more | contacts that say how long |
-- | `several_people` | a contact with two or more `contact_agents`: having to tell it again within one contact | contacts that say how many |
-- | `unanswered` | a contact with `contact_answered` false | contacts that say whether |
-- | `abandoned_checkout` | signal `checkout_abandoned` | that, or `checkout_reached` |
--
-- The parameter `long_wait_s` is in seconds; 300 is usual.
--
-- * `kind`: as above
-- * `touchpoints`: at which it was met
-- * `people`: who met it
-- * `could_meet`, `share`: people who could have met it; the share that did
-- * `conversion_after`: share of `people` with a purchase later than their first such friction
-- * `conversion_without`: share of those who could have met it and did not, with a purchase later than the first time
-- * `drop`: `conversion_without` − `conversion_after`, in parts of one
-- * `left`: share of `people` of whom nothing at all was heard after their last such friction
-- * `returned`: people with a return in the period (signal `return_requested` or `returned`), whatever they met
-- * `returned_after`: share of these who met the friction before their last return
--
-- **To compare with:** in over 90 % of cancellations the same question had been asked repeatedly, with different answers
-- (`returned_after`); almost 90 % leave after a long wait (`left`); 89 % mind repeating themselves.
--
-- ```sql
-- SELECT * FROM klantreis.friction(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0, long_wait_s=300)
-- ```
CREATE OR REPLACE VIEW klantreis.friction $on_cluster AS
WITH
    steps AS
    (
        SELECT person, occurred_at, purchase, $in_period AND $in_segment AS asked, asked AND signal IN ('return_requested', 'returned') AS is_return,
            arrayJoin([
                ('repeated_question', contact_repeated IS NOT NULL, ifNull(contact_repeated, false)),
                ('long_wait', contact_waited_s IS NOT NULL, ifNull(contact_waited_s >= {long_wait_s:Float64}, false)),
                ('several_people', contact_agents IS NOT NULL, ifNull(contact_agents >= 2, false)),
                ('unanswered', contact_answered IS NOT NULL, ifNull(NOT contact_answered, false)),
                ('abandoned_checkout', signal IN ('checkout_reached', 'checkout_abandoned'), signal = 'checkout_abandoned')]) AS chance,
            asked AND chance.2 AS could, asked AND chance.3 AS met
        FROM klantreis.journey_steps_stored FINAL
        WHERE person != 0 AND $counted
            AND (purchase OR signal IN ('return_requested', 'returned', 'checkout_reached', 'checkout_abandoned')
                OR contact_repeated IS NOT NULL OR contact_waited_s IS NOT NULL OR contact_agents IS NOT NULL OR contact_answered IS NOT NULL)
    ),
    people AS
    (
        SELECT chance.1 AS kind, person, countIf(met) AS times, minIf(occurred_at, met) AS first_met, maxIf(occurred_at, met) AS last_met,
            max(could) AS exposed, minIf(occurred_at, could) AS first_chance, maxIf(occurred_at, purchase) AS last_bought,
            max(is_return) AS returning, maxIf(occurred_at, is_return) AS last_return
        FROM steps
        GROUP BY kind, person
    ),
    heard AS
    (
        SELECT person, max(occurred_at) AS last_heard
        FROM klantreis.journey_steps_stored FINAL
        WHERE person != 0 AND $counted AND person IN (SELECT person FROM people WHERE times > 0)
        GROUP BY person
    )
SELECT kind, sum(times) AS touchpoints, countIf(times > 0) AS people, countIf(exposed) AS could_meet, people / could_meet AS share,
    countIf(times > 0 AND last_bought > first_met) / people AS conversion_after,
    countIf(exposed AND times = 0 AND last_bought > first_chance) / (could_meet - people) AS conversion_without,
    conversion_without - conversion_after AS drop,
    countIf(times > 0 AND last_heard = last_met) / people AS left,
    countIf(returning) AS returned, countIf(returning AND times > 0 AND first_met < last_return) / returned AS returned_after
FROM people
LEFT ANY JOIN heard ON heard.person = people.person
GROUP BY kind
ORDER BY indexOf(['repeated_question', 'long_wait', 'several_people', 'unanswered', 'abandoned_checkout'], kind);
