-- Links of {nodes} (site, kind, value) as facts and decisions have them, from these to others: what one end is, what the
-- other. {more} is a condition on them.
SELECT site, kind, value, other_kind, other_value
FROM
(
    SELECT toString(site) AS site, toString(kind) AS kind, value, toString(other_kind) AS other_kind, other_value
    FROM klantreis.identities_stored
    WHERE (site, kind, value) IN ({nodes}) AND other_kind != 'touchpoint'
    UNION DISTINCT
    SELECT site, kind, value, other_kind, other_value
    FROM ({decided})
    WHERE decision = 'link' AND (site, kind, value) IN ({nodes})
)
WHERE (site, kind, value, other_kind, other_value) NOT IN (SELECT site, kind, value, other_kind, other_value FROM ({decided}) WHERE decision = 'unlink')
