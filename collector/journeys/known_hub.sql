-- Part of owned.sql: a hub knows nobody.
AND (toString(site), one.1, one.2) NOT IN (SELECT of_site, of_kind, of_value FROM known WHERE is_hub)
