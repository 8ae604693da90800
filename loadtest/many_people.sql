-- Stored touchpoints {first} to {first} + {rows} of people who browse, buy, call and visit the shop: a person has some ten over a
-- year, on one device or two; every fifth is a customer who logs in, and every tenth a stranger at the till.
INSERT INTO klantreis.made
    (id, site, type, channel, came_by, source, medium, occurred_at, occurred_at_sent, received_at, visitor_id, customer_id,
     session_id, identity_loyalty_card, page_path, device, is_bot, order_id, order_total, order_currency, contact_waited_s, properties, version)
SELECT
    reinterpretAsUUID(sipHash128(number)) AS id,
    'shop' AS site,
    ['page_view', 'page_view', 'page_view', 'product_view', 'product_view', 'search', 'add_to_cart', 'checkout_step', 'order', 'email_open',
     'support_contact', 'store_visit', 'review_written', 'product_view', 'page_view', 'sale'][1 + _draw % 16] AS type,
    multiIf(type = 'sale' OR type = 'store_visit', 'store', type = 'support_contact', 'phone', type = 'email_open', 'email', _draw % 3 = 0, 'mobile', 'web') AS channel,
    ['', 'Direct', 'Organic Search', 'Paid Search', 'Email', 'Organic Social'][1 + intDiv(_draw, 16) % 6] AS came_by,
    ['', '(direct)', 'google', 'google', 'newsletter', 'facebook'][1 + intDiv(_draw, 16) % 6] AS source,
    ['', '(none)', 'organic', 'cpc', 'email', 'social'][1 + intDiv(_draw, 16) % 6] AS medium,
    toDateTime64('2026-01-01 00:00:00', 3, 'UTC') + toIntervalSecond(_draw % 28000000) AS occurred_at,
    occurred_at AS occurred_at_sent,
    occurred_at AS received_at,
    if(type = 'sale', '', concat('visitor-', toString(cityHash64(_person, _person % 7 = 0 AND _draw % 2 = 0)))) AS visitor_id,
    if(_person % 5 = 0 AND (_draw % 4 = 0 OR type IN ('order', 'sale')), concat('customer-', toString(_person)), '') AS customer_id,
    concat('session-', toString(_person), '-', toString(_draw % 3)) AS session_id,
    if(type = 'sale' AND _person % 10 = 0, concat('card-', toString(_person)), '') AS identity_loyalty_card,
    if(type = 'page_view', ['/', '/c/garden', '/cart', '/blog/mowing', '/klantenservice'][1 + intDiv(_draw, 64) % 5], '') AS page_path,
    ['desktop', 'mobile', 'mobile', 'tablet'][1 + _person % 4] AS device,
    _person % 50 = 1 AS is_bot,
    if(type IN ('order', 'sale'), toString(number), '') AS order_id,
    if(order_id = '', NULL, toDecimal64(10 + _draw % 300, 4)) AS order_total,
    if(order_id = '', '', 'EUR') AS order_currency,
    if(type = 'support_contact', _draw % 600, NULL) AS contact_waited_s,
    map('list', toString(_draw % 100)) AS properties,
    1 AS version
FROM
(
    SELECT number, cityHash64(number) % {people} AS _person, cityHash64(number, 'draw') AS _draw
    FROM numbers({first}, {rows})
)
SETTINGS async_insert = 0, min_insert_block_size_rows = 500000, min_insert_block_size_bytes = 0, max_insert_threads = 1
