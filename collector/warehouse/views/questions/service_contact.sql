-- In how many journeys is customer service contacted, before and after the purchase, and what follows the contact?
--
-- Speaks of whole journeys that began in the period and have a touchpoint of the segment. A contact is one that the person
-- sought: a signal `support_contacted`, `after_sales_contacted`, `advice_asked`, `screen_shared` or `complained` whose
-- `contact_direction` is not `outbound`. Before the purchase is what somebody does who never bought yet, after it what a
-- customer does.
--
-- * `moment`: `before` or `after` the first purchase
-- * `journeys`: that have a touchpoint at that moment
-- * `with_contact`, `share`: of these, journeys with a contact at that moment; their share
-- * `contacts`: all contacts at that moment
-- * `bought`, `bought_share`: journeys with a purchase after the first such contact; their share of `with_contact`
-- * `bought_without`: the same share of the journeys without contact: those with a purchase (`before`: of somebody new)
-- * `next_phase`, `position`: the phase that follows a contact in its journey, a row for each; empty: none so far
-- * `followed`, `followed_share`: contacts that this phase follows; their share of `contacts`
--
-- **To compare with:** over 80 % of prospects contact customer service: `share` at `before`.
--
-- ```sql
-- SELECT * FROM klantreis.service_contact(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.service_contact $on_cluster AS
WITH
    journeys AS
    (
        SELECT
            countIf(NOT customer) AS steps_before, countIf($is_contact AND NOT customer) AS contacts_before, minIf(step, $is_contact AND NOT customer) AS first_before,
            countIf(customer) AS steps_after, countIf($is_contact AND customer) AS contacts_after, minIf(step, $is_contact AND customer) AS first_after,
            maxIf(step, purchase) AS bought_at, max(purchase AND NOT customer) AS bought_first, max(purchase AND customer) AS bought_again
        FROM klantreis.journey_steps_stored FINAL
        WHERE journey != 0 AND $counted
        GROUP BY journey
        HAVING min(occurred_at) >= $since AND min(occurred_at) < $until AND max($in_segment)
    ),
    -- Two rows made of one, each a moment's figures.
    moments AS
    (
        SELECT one.1 AS moment, one.2 AS journeys, one.3 AS with_contact, one.4 AS contacts, one.5 AS bought, one.6 AS bought_others
        FROM
        (
            SELECT arrayJoin([
                ('before', countIf(steps_before > 0), countIf(contacts_before > 0), sum(contacts_before), countIf(contacts_before > 0 AND bought_at > first_before), countIf(steps_before > 0 AND contacts_before = 0 AND bought_first)),
                ('after', countIf(steps_after > 0), countIf(contacts_after > 0), sum(contacts_after), countIf(contacts_after > 0 AND bought_at > first_after), countIf(steps_after > 0 AND contacts_after = 0 AND bought_again))
            ]) AS one
            FROM journeys
        )
    ),
    following AS
    (
        SELECT if(customer, 'after', 'before') AS moment, $next AS in_phase, count() AS followed
        FROM klantreis.journey_steps_stored FINAL
        WHERE $is_contact AND $counted AND $in_journeys
        GROUP BY moment, in_phase
    )
SELECT moments.moment AS moment, journeys, with_contact, with_contact / journeys AS share, contacts, bought, bought / with_contact AS bought_share,
    bought_others / (journeys - with_contact) AS bought_without,
    following.in_phase AS next_phase, known.position AS position, following.followed AS followed, followed / contacts AS followed_share
FROM moments
LEFT JOIN following ON following.moment = moments.moment
LEFT ANY JOIN (SELECT phase, position FROM klantreis.phases WHERE $of_model) AS known ON known.phase = following.in_phase
ORDER BY moment = 'after', position = 0, position, next_phase;
