-- How often does one touch follow another on the way to a purchase or away? What Markov attribution is computed from.
--
-- Speaks of journeys that began in the period and have a touchpoint of the segment. Their touches are arrivals, as in
-- attribution. A path goes from `(start)` over its touches to `(purchase)`; after a purchase another one begins; what no
-- purchase follows ends in `(null)`. A purchase without a touch before it has the touch `(no touch)`.
--
-- Of names beyond the 200 most frequent, all are `(other)`; so is one that is called like an end.
--
-- * `source`, `target`: a name as parameter `by` says, or an end of the path
-- * `transitions`: how often the second follows the first
--
-- **To compare with:** attribution by any other rule.
--
-- ```sql
-- SELECT * FROM klantreis.attribution_transitions(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0, by='came_by')
-- ```
CREATE OR REPLACE VIEW klantreis.attribution_transitions $on_cluster AS
WITH
    CAST({by:String}, 'Enum8(\'came_by\' = 1, \'source\' = 2, \'medium\' = 3, \'campaign\' = 4)') AS named_by,
    steps AS
    (
        SELECT journey, step, purchase, came_by != '' AS arrival,
            toString(multiIf(named_by = 'came_by', came_by, named_by = 'source', source, named_by = 'medium', medium, campaign)) AS name
        FROM klantreis.journey_steps_stored FINAL
        WHERE (came_by != '' OR purchase) AND $counted AND $in_journeys
    ),
    frequent AS (SELECT name FROM steps WHERE arrival GROUP BY name ORDER BY count() DESC, name LIMIT 200),
    journeys AS
    (
        -- A purchase that is an arrival too is both, the arrival first.
        SELECT arraySort(groupArrayArray(arrayConcat(
            if(arrival, [(2 * toUInt64(step), if(name IN (SELECT name FROM frequent) AND name NOT IN ('(start)', '(purchase)', '(null)', '(no touch)'), name, '(other)'))], []),
            if(purchase, [(2 * toUInt64(step) + 1, '(purchase)')], [])))) AS passed
        FROM steps
        GROUP BY journey
    ),
    paths AS
    (
        SELECT arrayMap(one -> one.2, passed) AS names,
            -- From each place to the next: a purchase is left as a start, and one that nothing led to had the touch (no touch).
            arrayConcat(['(start)'], names) AS froms, arrayConcat(names, ['(null)']) AS tos
        FROM journeys
    )
SELECT hop.1 AS source, hop.2 AS target, count() AS transitions
FROM
(
    SELECT arrayJoin(arrayFlatten(arrayMap((one, two) -> multiIf(
        one IN ('(start)', '(purchase)') AND two = '(purchase)', [('(start)', '(no touch)'), ('(no touch)', '(purchase)')],
        one = '(purchase)' AND two = '(null)', [],
        [(if(one = '(purchase)', '(start)', one), two)]), froms, tos))) AS hop
    FROM paths
)
GROUP BY source, target
ORDER BY source, transitions DESC, target;
