-- How many searches end in a purchase, on phones and elsewhere, and of searches for something nearby?
--
-- Speaks of searches (signals `product_searched`, `nearby_searched`, `problem_searched`) of the period and the segment by
-- people who are known. A search ends in a purchase if one follows it in the same journey, whenever and on whatever channel.
-- It is local if it says so (`search_local`) or its signal is `nearby_searched`.
--
-- * `device`: what was searched with: `mobile`, `desktop` …; empty: not known
-- * `local`: whether for something nearby
-- * `searches`: how many
-- * `bought`, `share`: searches that end in a purchase; their share
-- * `people`, `people_bought`, `people_share`: people who searched; those of whom a search ended in a purchase; their share
--
-- **To compare with:** 80 % of mobile searches.
--
-- ```sql
-- SELECT * FROM klantreis.search_to_purchase(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0)
-- ```
CREATE OR REPLACE VIEW klantreis.search_to_purchase $on_cluster AS
SELECT device, local, count() AS searches, countIf(ended) AS bought, bought / searches AS share,
    uniqExact(person) AS people, uniqExactIf(person, ended) AS people_bought, people_bought / people AS people_share
FROM
(
    SELECT search.device AS device, search.local AS local, search.person AS person, purchases.last_bought > search.step AS ended
    FROM
    (
        SELECT person, journey, step, device, ifNull(search_local, false) OR signal = 'nearby_searched' AS local
        FROM klantreis.journey_steps_stored FINAL
        WHERE journey != 0 AND signal IN ('product_searched', 'nearby_searched', 'problem_searched') AND $counted AND $in_period AND $in_segment
    ) AS search
    LEFT ANY JOIN
    (
        SELECT journey, max(step) AS last_bought
        FROM klantreis.journey_steps_stored FINAL
        WHERE journey != 0 AND purchase AND $counted
        GROUP BY journey
    ) AS purchases ON purchases.journey = search.journey
)
GROUP BY device, local
ORDER BY searches DESC, device, local;
