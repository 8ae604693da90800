-- The links within the batch; of a hub one is enough, it leads nowhere.
SELECT site, kind, value, other_kind, other_value, hub
FROM ({weighed})
WHERE NOT hub OR nth = 1
ORDER BY site, kind, value, nth
