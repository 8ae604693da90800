-- The outbox of one machine: what was told and is not confirmed yet, for all tills and programs on it.
-- A row's number is its sequence too: it rises over all programs, and no number is given twice.
CREATE TABLE outbox
(
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    body BLOB NOT NULL,          -- the touchpoint as JSON, without age_ms
    crc INTEGER NOT NULL,        -- CRC-32 of body: SQLite does not notice a flipped bit in it
    boot INTEGER NOT NULL,       -- of boots; 0: unknown
    uptime_ms INTEGER NOT NULL,  -- of that boot, when it occurred
    spare INTEGER NOT NULL       -- 0: there is money in it; 1; 2: of low value, so the first to go when there is no room
);
CREATE INDEX what_can_be_spared ON outbox (spare DESC, number) WHERE spare > 0;

-- What the collector refused for good. It is sent again only when somebody asks for it.
CREATE TABLE aside
(
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    body BLOB NOT NULL,
    crc INTEGER NOT NULL,
    boot INTEGER NOT NULL,
    uptime_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
);

-- The latest of what was confirmed, without anything of a person: for whoever asks whether a sale arrived.
CREATE TABLE delivered
(
    number INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    delivered_at INTEGER NOT NULL
);

-- Starts of the machine, and what both clocks said at the first and the last touchpoint of each.
CREATE TABLE boots
(
    number INTEGER PRIMARY KEY,
    boot TEXT NOT NULL UNIQUE,
    first_uptime_ms INTEGER NOT NULL,
    first_wall_ms INTEGER NOT NULL,
    last_uptime_ms INTEGER NOT NULL,
    last_wall_ms INTEGER NOT NULL,
    true_zero_ms INTEGER         -- when its uptime was 0 by the collector's clock, once that was seen
);

-- What is not here any more and was not delivered, and why: nothing goes without being told.
CREATE TABLE losses
(
    what TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    latest_at INTEGER NOT NULL
);

CREATE TABLE state
(
    one INTEGER PRIMARY KEY CHECK (one = 1),
    sequence INTEGER NOT NULL,   -- the last number given
    kept INTEGER NOT NULL,       -- rows of outbox
    sent INTEGER NOT NULL,       -- touchpoints confirmed since the outbox was made
    dropped INTEGER NOT NULL,    -- touchpoints given up since then
    told INTEGER NOT NULL,       -- how many of these the collector knows of
    asked INTEGER NOT NULL,      -- how often somebody asked to send at once
    pause_boot INTEGER NOT NULL, -- the collector asked for patience: in this boot
    pause_until_ms INTEGER NOT NULL, -- until this uptime
    trouble TEXT                 -- JSON; NULL after an attempt that went well
);
INSERT INTO state VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, NULL);

-- Counting 200,000 rows at each sale would cost more than the sale.
CREATE TRIGGER one_more AFTER INSERT ON outbox BEGIN UPDATE state SET kept = kept + 1; END;
CREATE TRIGGER one_less AFTER DELETE ON outbox BEGIN UPDATE state SET kept = kept - 1; END;

PRAGMA user_version = 1;
