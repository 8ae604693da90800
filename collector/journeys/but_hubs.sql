-- Part of batch_touchpoints.sql: hubs lead to nobody.
AND (site, kind, value) NOT IN (hubs)
