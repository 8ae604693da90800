-- Journeys of the people from {first} to below {last}, as a settlement would have left them: a tenth of the people have long
-- ones, a few hundred steps at most (steps fall off as Zipf's law has it); one in twelve journeys ends in a purchase and its use;
-- one person in fifty is a bot; one in thirty is nobody that is known, whose touchpoints join no journey.
INSERT INTO klantreis.journey_steps_stored
    (site, occurred_at_sent, touch, id, visitor_id, person, journey, journey_number, step, occurred_at,
    seconds_since_previous, type, channel, came_by, source, medium, campaign, device, is_bot, company_type, signal,
    phase, phases, rules, previous_phase, next_phase, previous_phases, next_phases, direction, part, customer,
    purchases, touchpoints, purchase, order_id, order_total, order_currency, order_confirmation, ambassador_code,
    store_id, search_local, contact_topic, contact_direction, contact_waited_s, contact_agents, contact_repeated,
    contact_answered, feedback_kind, feedback_score, feedback_scale, rule_set, version)
WITH
    -- type, signal, channel; phase in sap_hybris, five_phase, aida, see_think_do_care, discover_to_talk.
    [
        ('ad_seen', 'ad_seen', 'display', 'awareness', 'awareness', 'awareness', 'see', 'discover'),
        ('post_seen', 'post_seen', 'social', 'awareness', 'awareness', 'awareness', 'see', 'discover'),
        ('page_view', 'home_viewed', 'web', 'discovery', 'awareness', 'interest', 'see', 'engage'),
        ('email_opened', 'email_opened', 'email', 'discovery', 'awareness', 'interest', 'see', 'engage'),
        ('ambassador_code_used', 'ambassador_met', 'web', 'discovery', 'awareness', 'interest', 'see', 'discover'),
        ('search', 'product_searched', 'search', 'interest', 'consideration', 'interest', 'think', 'research'),
        ('page_view', 'products_listed', 'web', 'interest', 'consideration', 'interest', 'think', 'research'),
        ('contact_lookup', 'contact_looked_up', 'web', 'interest', 'consideration', 'interest', 'think', 'research'),
        ('store_visit', 'store_visited', 'store', 'interest', 'consideration', 'interest', 'think', 'research'),
        ('product_view', 'product_viewed', 'web', 'consideration', 'consideration', 'desire', 'think', 'research'),
        ('product_view', 'product_viewed', 'mobile', 'consideration', 'consideration', 'desire', 'think', 'research'),
        ('support_contact', 'support_contacted', 'phone', 'consideration', 'consideration', 'desire', 'think', 'research'),
        ('engagement', 'page_measured', 'web', 'outside', 'outside', 'outside', 'outside', 'outside'),
        ('cart_add', 'cart_filled', 'web', 'action', 'purchase', 'action', 'do', 'buy'),
        ('checkout_abandoned', 'checkout_abandoned', 'web', 'action', 'purchase', 'action', 'do', 'buy'),
        ('order', 'order_placed', 'web', 'action', 'purchase', 'action', 'do', 'buy'),
        ('sale', 'sold_in_store', 'store', 'action', 'purchase', 'action', 'do', 'buy'),
        ('delivery', 'order_delivered', 'web', 'use', 'usage', 'outside', 'care', 'experience'),
        ('feedback', 'feedback_given', 'email', 'use', 'usage', 'outside', 'care', 'experience'),
        ('support_contact', 'after_sales_contacted', 'chat', 'use', 'usage', 'outside', 'care', 'experience'),
        ('recommendation', 'recommended', 'social', 'advocacy', 'loyalty', 'outside', 'care', 'talk')
    ] AS kinds,
    arrayMap(kind -> if(kind.4 = 'outside', '', kind.4), kinds) AS phase_of,
    arrayMap(kind -> format('{{"sap_hybris":"{}","five_phase":"{}","aida":"{}","see_think_do_care":"{}","discover_to_talk":"{}"}}', kind.4, kind.5, kind.6, kind.7, kind.8), kinds) AS json_of,
    ['Direct', 'Organic Search', 'Paid Search', 'Email', 'Organic Social', 'Paid Social', 'Display', 'Referral', 'Affiliates'] AS ways,
    ['(direct)', 'google', 'google', 'newsletter', 'instagram', 'facebook', 'dv360', 'tweakers.net', 'awin'] AS sources,
    ['(none)', 'organic', 'cpc', 'email', 'referral', 'paid_social', 'display', 'referral', 'affiliate'] AS media,
    journeys AS
    (
        SELECT person_number, number_of, draw, anonymous, is_bot, bought_before,
            if(draw % 12 = 0, least(2, length_drawn - 1), 0) AS used,
            draw % 12 = 0 AS buys,
            length_drawn AS length,
            arrayMap(at -> toUInt8(multiIf(
                buys AND at = length - used, 16 + (intDiv(draw, 12) % 4 = 1),
                buys AND at > length - used, 18 + sipHash64(draw, at) % 4,
                sipHash64(draw, at, 'measured') % 8 = 0, 13,
                1 + least(14, intDiv((at - 1) * 11, length) + sipHash64(draw, at) % 5))), range(1, length + 1)) AS chosen,
            arrayMap(at -> if(at = 1 OR sipHash64(draw, at, 'came') % 4 = 0, toUInt8(1 + least(sipHash64(draw, at, 'way') % 9, sipHash64(draw, at, 'way again') % 12)), 0), range(1, length + 1)) AS ways_of,
            arrayFill(one -> one > 0, arrayMap(one -> if(one = 13, 0, one), chosen)) AS filled,
            arrayReverse(arrayFill(one -> one > 0, arrayReverse(arrayMap(one -> if(one = 13, 0, one), chosen)))) AS filled_behind,
            arrayPushFront(arrayPopBack(filled), 0) AS before,
            arrayPushBack(arrayPopFront(filled_behind), 0) AS after
        FROM
        (
            SELECT number AS person_number, arrayJoin(range(1 + (sipHash64(number) % 10 < 3))) AS number_of,
                sipHash64(number, number_of) AS draw,
                sipHash64(number, 'anonymous') % 30 = 0 AS anonymous,
                sipHash64(number, 'bot') % 50 = 0 AS is_bot,
                number_of > 0 AND sipHash64(number, 0) % 12 = 0 AS bought_before,
                toUInt32(least(300, ceil(2.75 / pow((sipHash64(draw) % 1000000 + 1) / 1000000, 0.62)))) AS length_drawn
            FROM numbers({first:UInt64}, {last:UInt64} - {first:UInt64})
            WHERE sipHash64(number) % {every:UInt64} = 0
        )
    )
SELECT if(person_number % 10 = 0, 'business', 'shop') AS site, occurred_at AS occurred_at_sent, sipHash64(draw, at, 'touch') AS touch,
    reinterpretAsUUID(sipHash128(draw, at)) AS id,
    if(anonymous, '', hex(sipHash64(person_number, 'visitor'))) AS visitor_id,
    if(anonymous, 0, sipHash64(person_number, 'person')) AS person,
    if(anonymous, 0, draw) AS journey, if(anonymous, 0, number_of + 1) AS journey_number, if(anonymous, 0, at) AS step,
    toDateTime64('2025-01-01 00:00:00', 3, 'UTC') + toIntervalSecond(number_of * 12960000 + sipHash64(person_number, 'start') % 17280000 + at * (1 + draw % 7) * 3600 + sipHash64(draw, at, 'when') % 3600) AS occurred_at,
    if(anonymous OR at = 1, NULL, (1 + draw % 7) * 3600 + (sipHash64(draw, at, 'when') % 3600) - (sipHash64(draw, at - 1, 'when') % 3600)) AS seconds_since_previous,
    kind.1 AS type, kind.3 AS channel,
    ways[way] AS came_by, sources[way] AS source, media[way] AS medium,
    if(way IN (3, 6, 7), concat('campaign-', toString(draw % 40)), '') AS campaign,
    ['desktop', 'mobile', 'mobile', 'tablet'][1 + sipHash64(person_number, 'device') % 4] AS device,
    is_bot, if(sipHash64(person_number, 'company') % 6 = 0, if(person_number % 10 = 0, 'b2b', 'b2c'), '') AS company_type,
    kind.2 AS signal, kind.4 AS phase, json_of[one] AS phases, '{}' AS rules,
    if(anonymous OR previous_one = 0, '', phase_of[previous_one]) AS previous_phase,
    if(anonymous OR next_one = 0, '', phase_of[next_one]) AS next_phase,
    if(anonymous OR previous_one = 0, '{}', json_of[previous_one]) AS previous_phases,
    if(anonymous OR next_one = 0, '{}', json_of[next_one]) AS next_phases,
    '' AS direction, if(one <= 17, 'buyer', 'customer') AS part,
    bought_before OR (buys AND at > length - used) AS customer, toUInt32(customer) AS purchases, at AS touchpoints,
    one IN (16, 17) AS purchase, if(purchase, toString(draw), '') AS order_id,
    if(purchase, toDecimal64(20 + draw % 300, 4), NULL) AS order_total, if(purchase, 'EUR', '') AS order_currency,
    if(purchase AND sipHash64(draw, 'confirmed') % 3 = 0, 'requested', '') AS order_confirmation,
    if(one = 5, concat('friend-', toString(sipHash64(draw) % 500)), '') AS ambassador_code,
    if(kind.3 = 'store', concat('store-', toString(draw % 20)), '') AS store_id,
    if(one = 6, sipHash64(draw, at, 'local') % 3 = 0, NULL) AS search_local,
    if(one IN (12, 20), ['delivery', 'returns', 'product'][1 + draw % 3], '') AS contact_topic,
    if(one IN (12, 20), 'inbound', '') AS contact_direction,
    if(one IN (12, 20), sipHash64(draw, at, 'waited') % 900, NULL) AS contact_waited_s,
    if(one IN (12, 20), 1 + (sipHash64(draw, at, 'agents') % 5 = 0), NULL) AS contact_agents,
    if(one IN (12, 20), sipHash64(draw, at, 'repeated') % 6 = 0, NULL) AS contact_repeated,
    if(one IN (12, 20), sipHash64(draw, at, 'answered') % 9 != 0, NULL) AS contact_answered,
    if(one = 19, 'csat', '') AS feedback_kind, if(one = 19, 1 + sipHash64(draw, at, 'score') % 10, NULL) AS feedback_score,
    if(one = 19, 10, NULL) AS feedback_scale, 'generated' AS rule_set, {version:UInt64} AS version
FROM journeys
ARRAY JOIN arrayEnumerate(chosen) AS at, chosen AS one, before AS previous_one, after AS next_one, arrayMap(one -> kinds[one], chosen) AS kind, ways_of AS way
