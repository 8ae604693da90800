-- What was accepted: one row per touchpoint and delivery; analysts read the view klantreis.touchpoints.
--
-- The key holds only what the sender fixed, so a repeated load or a retry a year later replaces the row instead of
-- doubling it. `version` lets the earliest receipt win: whoever holds a public key cannot overwrite what is stored. Nothing
-- that may differ between two deliveries is in the key or the partition.
-- LowCardinality where few distinct values recur in most rows; not inside Map: four such maps cost 10 of 26 µs a row.
CREATE TABLE IF NOT EXISTS klantreis.touchpoints_stored$local $on_cluster
(
    id UUID COMMENT 'Made by the sender; the same id is the same touchpoint for ever',
    site LowCardinality(String) COMMENT 'Site of the key that sent it',
    type LowCardinality(String) COMMENT 'What the sender calls it: page_view, order, store_visit …',
    channel LowCardinality(String) COMMENT 'Where the touch took place: web, mobile, store, phone, chat, email …',
    came_by LowCardinality(String) COMMENT 'What brought the person there: Google Analytics'' default channel group; empty when they were there already',
    source LowCardinality(String) COMMENT 'Source that brought the person: google, newsletter, example.com, (direct) …',
    medium LowCardinality(String) COMMENT 'Medium that brought the person: organic, cpc, email, referral, (none) …',
    campaign LowCardinality(String) COMMENT 'Name of the campaign that brought the person',

    occurred_at DateTime64(3, 'UTC') COMMENT 'When it occurred; corrected where the sender''s clock was off',
    occurred_at_sent DateTime64(3, 'UTC') COMMENT 'When it occurred by the sender''s clock, as sent; part of the key',
    received_at DateTime64(6, 'UTC') COMMENT 'When the collector received it; of two deliveries the earliest',
    clock_corrected_ms Int64 COMMENT 'Milliseconds added to occurred_at_sent to get occurred_at; 0: the clock was right',
    sequence Nullable(UInt64) COMMENT 'Order on one device whatever its clock does; gaps and resets are normal',

    visitor_id String COMMENT 'Device or browser; empty without consent or for an anonymous touchpoint',
    customer_id String COMMENT 'Known person; empty when not known',
    session_id String COMMENT 'Visit; empty when not known',

    signal LowCardinality(String) COMMENT 'What happened, by the signal rules; empty when no signal matched',
    phase LowCardinality(String) COMMENT 'Phase in the default model, from what the touchpoint itself carries',
    phases Map(String, String) COMMENT 'Phase in every model: model → phase, unclassified or outside',
    rules Map(String, String) COMMENT 'Rule that matched: model → rule id; signal → id of the signal rule',
    rule_set LowCardinality(String) COMMENT 'Content hash of the rule set that classified the row',

    page_url String COMMENT 'Address of the page',
    page_host LowCardinality(String) COMMENT 'Host of page_url, lower case',
    page_path String COMMENT 'Path of the page, without query',
    page_title String COMMENT 'Title of the page',
    page_language String COMMENT 'Language of the page, as BCP 47',
    page_kind String COMMENT 'What the site calls the page: home, category, product, cart …',
    page_referrer String COMMENT 'Address of the page before it',
    referrer_host String COMMENT 'Host of page_referrer, lower case',
    screen_name String COMMENT 'Screen of the app',
    screen_kind String COMMENT 'Kind of screen',
    screen_previous String COMMENT 'Screen before it',
    store_id String COMMENT 'Shop, counter or stand',
    store_name String COMMENT 'Its name',
    store_city String COMMENT 'Its town',
    store_country String COMMENT 'Its country, ISO 3166',
    store_till String COMMENT 'Till',
    store_desk String COMMENT 'Desk or counter within the shop',

    campaign_id String COMMENT 'Id of the campaign (utm_id)',
    campaign_term String COMMENT 'Keyword of the campaign (utm_term)',
    campaign_content String COMMENT 'Variant of the campaign (utm_content)',
    click_id String COMMENT 'Click id of an advertisement; empty without consent',
    click_id_kind String COMMENT 'Kind of click id: gclid, msclkid, fbclid …',
    search_term String COMMENT 'What was searched',
    search_local Nullable(Bool) COMMENT 'A search for something nearby',
    search_results Nullable(UInt64) COMMENT 'Number of results',

    product_id String COMMENT 'Product',
    product_name String COMMENT 'Its name',
    product_brand String COMMENT 'Its brand',
    product_category String COMMENT 'Its category',
    product_variant String COMMENT 'Its variant: colour, size …',
    product_price Nullable(Decimal(18, 4)) COMMENT 'Price of one, in product_currency',
    product_currency String COMMENT 'ISO 4217',
    product_quantity Nullable(Int32) COMMENT 'Number; negative for a return',
    product_position Nullable(UInt64) COMMENT 'Position in the list that it was shown in',
    products Array(Tuple(id String, name String, brand String, category String, variant String,
        price Nullable(Decimal(18, 4)), currency String, quantity Nullable(Int64), position Nullable(Int64))) COMMENT 'Lines of the order, cart or list',

    order_id String COMMENT 'Order, sale or cart',
    order_total Nullable(Decimal(18, 4)) COMMENT 'Total, in order_currency',
    order_currency LowCardinality(String) COMMENT 'ISO 4217',
    order_tax Nullable(Decimal(18, 4)) COMMENT 'Tax within the total',
    order_shipping Nullable(Decimal(18, 4)) COMMENT 'Shipping within the total',
    order_discount Nullable(Decimal(18, 4)) COMMENT 'Discount taken off',
    order_coupon String COMMENT 'Coupon used',
    order_payment String COMMENT 'How it was paid: ideal, card, cash, link …',
    order_confirmation String COMMENT 'requested or sent',
    order_step Nullable(UInt8) COMMENT 'Step of the checkout',
    order_step_name String COMMENT 'Name of the step',

    contact_case String COMMENT 'Case that the contact belongs to',
    contact_topic String COMMENT 'What it was about',
    contact_direction String COMMENT 'inbound or outbound',
    contact_waited_s Nullable(Float64) COMMENT 'Seconds the person waited',
    contact_agents Nullable(UInt16) COMMENT 'Employees the person spoke with',
    contact_repeated Nullable(Bool) COMMENT 'The person had to ask or tell it again',
    contact_answered Nullable(Bool) COMMENT 'The contact was answered',
    contact_resolved Nullable(Bool) COMMENT 'The matter was resolved',
    feedback_kind String COMMENT 'nps, csat, ces, stars …',
    feedback_score Nullable(Float64) COMMENT 'Score given',
    feedback_scale Nullable(Float64) COMMENT 'Highest score possible',
    feedback_text String COMMENT 'What the person wrote',
    ambassador_code String COMMENT 'Code of the ambassador who recommended',
    ambassador_relation String COMMENT 'friend, family, colleague …',
    company_type String COMMENT 'b2b or b2c',
    company_name String COMMENT 'Business that the person acts for',
    company_industry String COMMENT 'Its industry',
    company_size String COMMENT 'Its size',

    consent_state String COMMENT 'granted, denied or required; empty when the site does not ask',
    consent_gpc Nullable(Bool) COMMENT 'Global Privacy Control was on',
    consent_dnt Nullable(Bool) COMMENT 'Do Not Track was on',
    identity_email_hash String COMMENT 'SHA-256 of the email address',
    identity_phone_hash String COMMENT 'SHA-256 of the phone number',
    identity_loyalty_card String COMMENT 'Loyalty card',
    identity_linked_visitor_id String COMMENT 'Visitor id of the same person elsewhere',

    context_language String COMMENT 'Language of the device',
    context_time_zone String COMMENT 'Time zone of the device',
    context_screen_width Nullable(UInt32) COMMENT 'Pixels',
    context_screen_height Nullable(UInt32) COMMENT 'Pixels',
    context_viewport_width Nullable(UInt32) COMMENT 'Pixels',
    context_viewport_height Nullable(UInt32) COMMENT 'Pixels',
    context_app_name String COMMENT 'App',
    context_app_version String COMMENT 'Its version',
    context_device_model String COMMENT 'Model, as the app tells it',
    context_device_maker String COMMENT 'Maker, as the app tells it',
    context_os_name String COMMENT 'Operating system, as the app tells it',
    context_os_version String COMMENT 'Its version, as the app tells it',
    context_network String COMMENT 'wifi, cellular …',

    browser LowCardinality(String) COMMENT 'Browser, from the user agent',
    browser_version String COMMENT 'Its version',
    os LowCardinality(String) COMMENT 'Operating system, from the user agent',
    os_version String COMMENT 'Its version',
    device LowCardinality(String) COMMENT 'desktop, mobile, tablet, tv, bot …, from the user agent',
    device_maker String COMMENT 'Maker, from the user agent',
    device_model String COMMENT 'Model, from the user agent',
    is_bot Bool COMMENT 'A crawler, monitor or script; kept and flagged, never dropped',
    bot_name String COMMENT 'Name of the bot',
    user_agent String COMMENT 'User agent as sent',
    address String COMMENT 'Address of the sender, truncated to /24 or /48',

    properties Map(String, String) COMMENT 'Anything else that was sent, as text by name',
    extra Map(String, String) COMMENT 'Fields that this version does not know, as JSON by path',
    problems Array(String) COMMENT 'Optional fields that were set aside, each with its path and what was wrong',

    key LowCardinality(String) COMMENT 'Name of the key that sent it',
    sdk_name LowCardinality(String) COMMENT 'Program that sent it',
    sdk_version LowCardinality(String) COMMENT 'Its version',
    version UInt64 COMMENT 'Decides between two deliveries: a re-classification, else the earliest receipt',

    INDEX occurred_at_minmax occurred_at TYPE minmax GRANULARITY 1
)
ENGINE = $replacing(version)
PARTITION BY toYYYYMM(occurred_at_sent)
ORDER BY (site, visitor_id, occurred_at_sent, id)
-- A range of the spool is deleted only after an insert that is on disk.
-- A part below 256 MiB keeps all its columns in one file. With files of their own, which is the default from 10 MiB on,
-- a part has some 610 files to make and sync: 50,000 rows then took 2.4 s instead of 0.7 s, and merging and reading
-- were none the faster for it.
-- What a merge or a deletion replaced leaves the disk within seconds, not after half a minute: people who are forgotten
-- may wait for that.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456,
    cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Touchpoints as stored, a row per delivery until merged; read klantreis.touchpoints instead';
