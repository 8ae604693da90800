-- Settles the people of the batch: every touchpoint of theirs becomes a step of a journey. One block, so one part: readers see
-- all of it or nothing. What the journey says of a touchpoint is found out of few columns and meets the others here. The columns are
-- those of the table, in its order.
INSERT INTO klantreis.journey_steps_stored
SELECT
    site, occurred_at_sent, touch, id, visitor_id, customer_id, identity_linked_visitor_id, person, journey,
    journey_number, step, occurred_at, seconds_since_previous, type, channel, came_by, source, medium, campaign,
    device, is_bot, company_type, signal, phase, phases, rules, previous_phase, next_phase, previous_phases,
    next_phases, direction, part, customer, purchases, touchpoints, sessions, days_since_last, days_since_purchase,
    arrived_by_ambassador, purchase, order_id,
    if(purchase AND order_total IS NULL, _total, order_total), if(purchase AND order_total IS NULL, _currency, order_currency),
    order_confirmation, ambassador_code,
    store_id, search_local, contact_case, contact_topic, contact_direction, contact_waited_s, contact_agents,
    contact_repeated, contact_answered, contact_resolved, feedback_kind, feedback_score, feedback_scale, rule_set,
    version
FROM
(
    SELECT *,
        {texts},
        multiIf(person = 0 OR _real = 0, '',
            _before = 0, 'start',
            _after = 0 AND _followed, 'end',
            _real > _before, 'forward',
            _real < _before, 'back',
            'loop') AS direction,
        {rule_set} AS rule_set,
        toUInt64({version}) AS version
    FROM (SELECT * EXCEPT (person, journey), journey AS _whose FROM ({filled})) AS touchpoint
    INNER ANY JOIN ({placed}) AS placed
    ON placed.of_touch = touchpoint.touch AND placed.of_occurred_at_sent = touchpoint.occurred_at_sent AND placed.of_site = touchpoint.site
    LEFT ANY JOIN ({totals}) AS orders
    ON orders.of_order = touchpoint.order_id AND orders.of_order_person = touchpoint._whose AND orders.of_order_site = touchpoint.site
)
WHERE {my_turn}
