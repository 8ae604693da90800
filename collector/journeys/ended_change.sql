-- Both ends of links that nothing has told since {since} have to be settled anew: each lies there in both directions. One that was
-- told again lies there a second time, until ClickHouse merges the two.
INSERT INTO klantreis.changed (site, kind, value)
SELECT DISTINCT site, kind, value
FROM
(
    SELECT toString(site) AS site, toString(kind) AS kind, value
    FROM klantreis.identities_stored
    WHERE {my_turn} AND (site, kind, value, other_kind, other_value) IN
    (
        SELECT site, kind, value, other_kind, other_value FROM klantreis.identities_stored WHERE told_at < toDateTime({since:UInt32}, 'UTC')
    )
    GROUP BY site, kind, value, other_kind, other_value
    HAVING max(told_at) < toDateTime({since:UInt32}, 'UTC')
)
