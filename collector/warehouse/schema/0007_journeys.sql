-- Who is who and what they did: facts that came with touchpoints (identities), what somebody decided (identity_decisions),
-- and what is computed from both (people, journey_steps). Computed rows can be made anew at any moment.

-- Which identifiers came together in one touchpoint, a row for each direction, so that either end is found by the key.
-- The touchpoint itself is an end where it has no visitor id (a till, a phone call): there is no other way to find it.
CREATE TABLE IF NOT EXISTS klantreis.identities_stored$local $on_cluster
(
    site LowCardinality(String) COMMENT 'Site that both belong to; people are never linked over sites',
    kind LowCardinality(String) COMMENT 'What the identifier names: visitor, customer, loyalty_card, email, phone',
    value String COMMENT 'The identifier; hashed as it was sent for email and phone',
    other_kind LowCardinality(String) COMMENT 'What came together with it: one of the same kinds, or touchpoint',
    other_value String COMMENT 'That identifier; for a touchpoint its occurred_at_sent in milliseconds and its id',
    first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'When they first came together, by the sender''s clock'
)
ENGINE = $aggregating
ORDER BY (site, kind, value, other_kind, other_value)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Identifiers that came together; read klantreis.identities instead';

-- What klantreis identity link and unlink were told; the last word on a pair counts. Written with the smaller end first.
CREATE TABLE IF NOT EXISTS klantreis.identity_decisions$local $on_cluster
(
    site LowCardinality(String) COMMENT 'Site of both',
    kind LowCardinality(String) COMMENT 'What the identifier names',
    value String COMMENT 'The identifier',
    other_kind LowCardinality(String) COMMENT 'What the other one names',
    other_value String COMMENT 'The other identifier',
    decision LowCardinality(String) COMMENT 'link: they are one person; unlink: they are not; facts: as the touchpoints say',
    at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When it was decided'
)
ENGINE = $replacing(at)
ORDER BY (site, kind, value, other_kind, other_value)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Links between identifiers that somebody made or undid';

-- Whose an identifier is; only those that were ever linked have a row, all others are somebody of their own.
CREATE TABLE IF NOT EXISTS klantreis.people_stored$local $on_cluster
(
    site LowCardinality(String) COMMENT 'Site of the identifier',
    kind LowCardinality(String) COMMENT 'What it names: visitor, customer, loyalty_card, email, phone',
    value String COMMENT 'The identifier',
    person UInt64 COMMENT 'Whose it is; 0: nobody''s alone, because it is shared by several people or a hub',
    device UInt64 COMMENT 'Of a visitor: the device, which several visitor ids may share; else 0',
    shared Bool COMMENT 'A device of several people: each of its touchpoints is of whoever was known last before it',
    hub Bool COMMENT 'It links so many that it says nothing of anybody and is left out',
    version UInt64 COMMENT 'The settlement that wrote it; the last one counts'
)
ENGINE = $replacing(version)
ORDER BY (site, kind, value)
SETTINGS cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Whose an identifier is, as computed; read klantreis.people instead';

-- Touchpoints in the order of their journeys. The key is that of touchpoints, in another order and with visitor and id as
-- one number: reading exactly costs the comparison of keys, which is half of it for two numbers. No partitions: an INSERT
-- is then one part, so what is settled together appears at one moment.
-- Texts of several models are one LowCardinality each: a few hundred combinations recur, so what a query takes out of
-- them by simpleJSONExtractString is worked out for each combination and not for each row.
CREATE TABLE IF NOT EXISTS klantreis.journey_steps_stored$local $on_cluster
(
    site LowCardinality(String) COMMENT 'As in klantreis.touchpoints, like all columns without a word here',
    occurred_at_sent DateTime64(3, 'UTC') COMMENT 'Part of the key',
    touch UInt64 COMMENT 'cityHash64(visitor_id, id); part of the key',
    id UUID COMMENT 'The touchpoint',
    visitor_id String COMMENT 'As sent',
    customer_id String COMMENT 'As sent',
    identity_linked_visitor_id String COMMENT 'As sent',

    person UInt64 COMMENT 'Whose touchpoint it is; 0: nobody is known, such a touchpoint counts in the map and joins no journey',
    journey UInt64 COMMENT 'Which journey; 0: none',
    journey_number UInt32 COMMENT 'Which journey of the person, from 1; 0: none',
    step UInt32 COMMENT 'Which step of the journey, from 1; 0: none',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When, corrected where the sender''s clock was off',
    seconds_since_previous Nullable(Float64) COMMENT 'Seconds since the step before in the same journey',

    type LowCardinality(String),
    channel LowCardinality(String),
    came_by LowCardinality(String),
    source LowCardinality(String),
    medium LowCardinality(String),
    campaign LowCardinality(String),
    device LowCardinality(String),
    is_bot Bool,
    company_type LowCardinality(String),

    signal LowCardinality(String) COMMENT 'What happened, as classified when the journey was settled',
    phase LowCardinality(String) COMMENT 'Phase in the journey, in the default model',
    phases LowCardinality(String) COMMENT 'Phase in every model, as JSON: model → phase',
    rules LowCardinality(String) COMMENT 'Rule that matched, as JSON: model → rule id; signal → id of the signal rule',
    previous_phase LowCardinality(String) COMMENT 'Phase of the latest step before in the journey that has one, default model; empty: none',
    next_phase LowCardinality(String) COMMENT 'Phase of the next step in the journey that has one, default model; empty: none',
    previous_phases LowCardinality(String) COMMENT 'The same in every model, as JSON',
    next_phases LowCardinality(String) COMMENT 'The same in every model, as JSON',
    direction LowCardinality(String) COMMENT 'start, forward, back, loop (the same phase again), end (of a journey that another one followed); empty: no phase',
    part LowCardinality(String) COMMENT 'buyer or customer: the part of the journey that the phase belongs to; empty: no phase',

    customer Bool COMMENT 'Fact: made a purchase before',
    purchases UInt32 COMMENT 'Fact: purchases before',
    touchpoints UInt32 COMMENT 'Fact: touchpoints of the person before',
    sessions UInt32 COMMENT 'Fact: other sessions that began before',
    days_since_last Nullable(Float64) COMMENT 'Fact: days since the touchpoint just before',
    days_since_purchase Nullable(Float64) COMMENT 'Fact: days since the latest purchase before',
    arrived_by_ambassador Bool COMMENT 'Fact: came by an ambassador before any purchase',

    purchase Bool COMMENT 'It is the purchase itself: the first telling of an order',
    order_id String,
    order_total Nullable(Decimal(18, 4)),
    order_currency LowCardinality(String),
    order_confirmation LowCardinality(String),
    ambassador_code String,
    store_id LowCardinality(String),
    search_local Nullable(Bool),
    contact_case String,
    contact_topic LowCardinality(String),
    contact_direction LowCardinality(String),
    contact_waited_s Nullable(Float64),
    contact_agents Nullable(UInt16),
    contact_repeated Nullable(Bool),
    contact_answered Nullable(Bool),
    contact_resolved Nullable(Bool),
    feedback_kind LowCardinality(String),
    feedback_score Nullable(Float64),
    feedback_scale Nullable(Float64),

    rule_set LowCardinality(String) COMMENT 'Content hash of the rules that settled it',
    version UInt64 COMMENT 'The settlement that wrote it; the last one counts',

    INDEX person_bloom person TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX occurred_at_minmax occurred_at TYPE minmax GRANULARITY 1
)
ENGINE = $replacing(version)
ORDER BY (site, occurred_at_sent, touch)
-- As in 0001: a part below 256 MiB is one file, which is cheaper to write than one or two for each of sixty columns.
SETTINGS min_bytes_for_wide_part = 268435456, cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Touchpoints as steps of journeys, as stored; read klantreis.journey_steps instead';

-- The phases of the rules that journeys were settled by, so that a view knows their order.
CREATE TABLE IF NOT EXISTS klantreis.phases_stored$local $on_cluster
(
    rule_set String COMMENT 'Content hash of the rules',
    model LowCardinality(String) COMMENT 'Model',
    model_title_en String COMMENT 'Its title in English',
    model_title_nl String COMMENT 'Its title in Dutch',
    is_default Bool COMMENT 'Its phase is the column phase',
    phase LowCardinality(String) COMMENT 'Phase',
    position UInt8 COMMENT 'Its place in the model, from 1',
    part LowCardinality(String) COMMENT 'buyer or customer',
    title_en String COMMENT 'Its title in English',
    title_nl String COMMENT 'Its title in Dutch',
    noted_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When these rules were last taken up; the latest ones are in use'
)
ENGINE = $replacing(noted_at)
ORDER BY (rule_set, model, phase)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Phases of rule sets; read klantreis.phases instead';

-- Identifiers of people who got something new: loaders add to it after each INSERT; a settlement moves the whole of it to
-- settling at one moment and empties that when it is done, so nothing is forgotten by a crash in between.
CREATE TABLE IF NOT EXISTS klantreis.changed$local $on_cluster
(
    site String COMMENT 'Site of the identifier',
    kind String COMMENT 'What it names, or touchpoint for one that names nobody',
    value String COMMENT 'The identifier; for a touchpoint as in identities_stored'
)
ENGINE = $replacing()
ORDER BY (site, kind, value)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Whose journeys have to be settled anew';

CREATE TABLE IF NOT EXISTS klantreis.settling$local $on_cluster
(
    site String COMMENT 'Site of the identifier',
    kind String COMMENT 'As in klantreis.changed',
    value String COMMENT 'As in klantreis.changed'
)
ENGINE = $replacing()
ORDER BY (site, kind, value)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Whose journeys are being settled';

-- All identifiers of the people of one batch of a settlement; empty in between.
CREATE TABLE IF NOT EXISTS klantreis.settling_batch$local $on_cluster
(
    site String COMMENT 'Site of the identifier',
    kind String COMMENT 'As in klantreis.changed',
    value String COMMENT 'As in klantreis.changed',
    round UInt16 COMMENT '0: it was changed itself; above: so many links away from one that was'
)
ENGINE = $merging
ORDER BY (site, kind, value)
SETTINGS cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1
COMMENT 'Identifiers of the people who are being settled now';

-- Who settles: one at a time for a warehouse. A row for each taking over and each sign of life.
CREATE TABLE IF NOT EXISTS klantreis.settlers$local $on_cluster
(
    turn UInt64 COMMENT 'Which turn; the highest one settles',
    settler String COMMENT 'Whose turn: host, process and a random word',
    ended Bool COMMENT 'The turn was given back',
    alive_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'Sign of life'
)
ENGINE = $replacing(alive_at)
ORDER BY (turn, settler, ended)
COMMENT 'Whose turn it is to settle journeys';

-- What lay there before: its identifiers, and all its people to be settled. Merging makes one of what is told several times, so that
-- years of touchpoints need no memory here.
INSERT INTO klantreis.identities_stored (site, kind, value, other_kind, other_value, first_at)
SELECT site, ends.1.1, ends.1.2, ends.2.1, ends.2.2, occurred_at_sent
FROM
(
    SELECT site, occurred_at_sent,
        arrayFilter(node -> node.2 != '', [('visitor', visitor_id), ('visitor', identity_linked_visitor_id), ('customer', customer_id),
            ('loyalty_card', identity_loyalty_card), ('email', identity_email_hash), ('phone', identity_phone_hash)]) AS named,
        if(visitor_id = '', arrayPushBack(named, ('touchpoint', concat(toString(toUnixTimestamp64Milli(occurred_at_sent)), ' ', toString(id)))), named) AS others,
        arrayJoin(arrayFilter(pair -> pair.1 != pair.2, arrayFlatten(arrayMap(one -> arrayMap(other -> (one, other), others), named)))) AS ends
    FROM klantreis.touchpoints_stored
    WHERE customer_id != '' OR identity_linked_visitor_id != '' OR identity_loyalty_card != '' OR identity_email_hash != '' OR identity_phone_hash != ''
);

INSERT INTO klantreis.changed (site, kind, value)
SELECT site, kind, value
FROM
(
    SELECT site,
        arrayJoin(if(visitor_id = '' AND customer_id = '' AND identity_loyalty_card = '' AND identity_email_hash = '' AND identity_phone_hash = '' AND identity_linked_visitor_id = '',
            [('touchpoint', concat(toString(toUnixTimestamp64Milli(occurred_at_sent)), ' ', toString(id)))],
            [('visitor', visitor_id), ('visitor', identity_linked_visitor_id), ('customer', customer_id), ('loyalty_card', identity_loyalty_card), ('email', identity_email_hash), ('phone', identity_phone_hash)])) AS node,
        node.1 AS kind, node.2 AS value
    FROM klantreis.touchpoints_stored
    WHERE value != ''
);
