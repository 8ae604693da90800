-- Do touches on a channel or by a medium come early, midway or late on the way to a purchase?
--
-- Speaks of journeys that began in the period, have a touchpoint of the segment, and end in a purchase. Their path is what
-- comes before the first purchase. The touch with number i of n lies at (i − ½) / n of the path; below a third it is in the
-- first third, below two thirds in the middle one, else in the last one. A path of one touch has it in the middle.
--
-- * `kind`: what `name` is: `channel` (where a touch took place), or `came_by` or `medium` (what brought the person there,
--   of touches that are arrivals)
-- * `name`: the channel, channel group or medium
-- * `touches`: on such paths
-- * `journeys`: that have such a touch
-- * `first`, `middle`, `last`: touches in each third
-- * `first_share`, `middle_share`, `last_share`: their share of `touches`
--
-- **To compare with:** display advertisements: 33 % in the first third, about 45 % in the middle, just over 20 % in the last.
--
-- ```sql
-- SELECT * FROM klantreis.channel_position(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.channel_position $on_cluster AS
WITH
    purchases AS
    (
        SELECT journey, min(step) AS bought_at
        FROM klantreis.journey_steps_stored FINAL
        WHERE purchase AND $counted AND $in_journeys
        GROUP BY journey
    )
SELECT named.1 AS kind, named.2 AS name, count() AS touches, uniqExact(journey) AS journeys,
    countIf(third = 0) AS first, countIf(third = 1) AS middle, countIf(third = 2) AS last,
    first / touches AS first_share, middle / touches AS middle_share, last / touches AS last_share
FROM
(
    SELECT touch.journey AS journey, intDiv(3 * (2 * touch.step - 1), 2 * (purchases.bought_at - 1)) AS third,
        arrayJoin([('channel', toString(touch.channel)), ('came_by', toString(touch.came_by)), ('medium', toString(touch.medium))]) AS named
    FROM
    (
        SELECT journey, step, channel, came_by, medium
        FROM klantreis.journey_steps_stored FINAL
        WHERE $counted AND journey IN (SELECT journey FROM purchases)
    ) AS touch
    INNER JOIN purchases ON purchases.journey = touch.journey
    WHERE touch.step < purchases.bought_at
)
WHERE named.2 != ''
GROUP BY kind, name
ORDER BY kind, touches DESC, name;
