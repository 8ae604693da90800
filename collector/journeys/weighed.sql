-- Links, and whether their first end is a hub: it is linked with more of one kind than is allowed. Of a hub one link is enough,
-- it leads nowhere.
SELECT site, kind, value, other_kind, other_value, hub
FROM
(
    SELECT *,
        max(many > if(other_kind = 'visitor' AND kind != 'visitor', {hub_devices}, {hub_people})) OVER (PARTITION BY site, kind, value) AS hub
    FROM
    (
        SELECT *,
            count() OVER (PARTITION BY site, kind, value, other_kind) AS many,
            row_number() OVER (PARTITION BY site, kind, value ORDER BY other_kind, other_value) AS nth
        FROM ({linked})
    )
)
WHERE NOT hub OR nth = 1
