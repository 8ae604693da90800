-- Settles the people of the batch: every touchpoint of theirs becomes a step of a journey. One block, so one part: readers see
-- all of it or nothing.  The columns are those of the table, in its
-- order.
INSERT INTO klantreis.journey_steps_stored
SELECT
    site, occurred_at_sent, touch, id, visitor_id, customer_id, identity_linked_visitor_id, person, journey,
    journey_number, step, occurred_at, seconds_since_previous, type, channel, came_by, source, medium, campaign,
    device, is_bot, company_type, signal, phase, phases, rules, previous_phase, next_phase, previous_phases,
    next_phases, direction, part, customer, purchases, touchpoints, sessions, days_since_last, days_since_purchase,
    arrived_by_ambassador, purchase, order_id, order_total, order_currency, order_confirmation, ambassador_code,
    store_id, search_local, contact_case, contact_topic, contact_direction, contact_waited_s, contact_agents,
    contact_repeated, contact_answered, contact_resolved, feedback_kind, feedback_score, feedback_scale, rule_set,
    version
FROM
(
    SELECT * EXCEPT (phases, rules, phase, previous_phases, journey, journey_number, rule_set, purchases, touchpoints, sessions),
        settled_phase AS phase,
        toJSONString(settled_phases) AS phases,
        toJSONString(mapUpdate(map('signal', own_rules['signal']), settled_rules)) AS rules,
        if(person = 0, 0, whole_journey) AS journey,
        if(person = 0, 0, number_in_person) AS journey_number,
        if(person = 0, 0, _nth_of_journey) AS step,
        if(_nth_of_journey = 1, NULL, dateDiff('millisecond', _moment_before, occurred_at) / 1000) AS seconds_since_previous,
        _before[{default}] AS previous_phase,
        _after[{default}] AS next_phase,
        toJSONString(_before) AS previous_phases,
        toJSONString(_after) AS next_phases,
        transform(phase, {phases}, range(1, length({phases}) + 1), 0) AS _position,
        transform(previous_phase, {phases}, range(1, length({phases}) + 1), 0) AS _position_before,
        multiIf(person = 0 OR _position = 0, '',
            _position_before = 0, 'start',
            next_phase = '' AND number_in_person < _journeys, 'end',
            _position > _position_before, 'forward',
            _position < _position_before, 'back',
            'loop') AS direction,
        bought_before AS purchases, touched_before AS touchpoints, sessions_before AS sessions,
        {rule_set} AS rule_set,
        toUInt64({version}) AS version
    FROM
    (
        SELECT *, rules AS own_rules, journey_number AS number_in_person,
            purchases AS bought_before, touchpoints AS touched_before, sessions AS sessions_before,
            row_number() OVER so_far AS _nth_of_journey,
            anyLast(occurred_at) OVER before AS _moment_before,
            first_value(cityHash64(person, occurred_at_sent, touch)) OVER so_far AS whole_journey,
            anyLastMap(_real) OVER before AS _before,
            anyLastMap(_real) OVER after AS _after
        FROM ({numbered})
        WINDOW
            so_far AS (PARTITION BY journey, journey_number ORDER BY _nth ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
            before AS (PARTITION BY journey, journey_number ORDER BY _nth ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            -- Backwards, so that each row adds to the one before: a frame that ends with the journey would be gone through for each.
            after AS (PARTITION BY journey, journey_number ORDER BY _nth DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    )
)
WHERE {my_turn}
