-- From which signal or phase to which: one row for each layer and move, and one without a layer for the whole: before is
-- 'changed' or ''. `stored` and `become` are tuples of signal, phase, phases, rules and rule_set.
SELECT
    move.1 AS layer, move.2 AS before, move.3 AS after,
    count() AS touchpoints,
    uniqExactIf(person, person != '') AS people,
    groupArraySorted({samples:UInt8})((toString(id), kind, page_url)) AS examples
FROM
(
    SELECT id, kind, page_url, person,
        arrayDistinct(arrayConcat(mapKeys(stored.3), mapKeys(become.3))) AS models,
        arrayFilter(one -> one.2 != one.3, arrayConcat(
            [('signal', toString(stored.1), toString(become.1))],
            arrayMap(model -> (model, stored.3[model], become.3[model]), models))) AS moves
    FROM
    (
        SELECT id, toString(type) AS kind, page_url, person, stored, $become AS become
        FROM
        (
            SELECT *, if(customer_id != '', customer_id, visitor_id) AS person, $stored AS stored
            FROM klantreis.touchpoints
            WHERE $span AND ({site:String} = '' OR site = {site:String}) AND cityHash64(id) % {of:UInt64} = 0
        )
    )
)
ARRAY JOIN arrayPushFront(moves, ('', if(empty(moves), '', 'changed'), '')) AS move
GROUP BY layer, before, after
ORDER BY layer, touchpoints DESC, before, after
