-- Stores which identifiers came together; the rows follow in the body. As in load.sql, unless somebody was forgotten meanwhile.
INSERT INTO klantreis.identities_stored (site, kind, value, other_kind, other_value, first_at)
SELECT site, kind, value, other_kind, other_value, fromUnixTimestamp64Milli(at, 'UTC') AS first_at
FROM input('site String, kind String, value String, other_kind String, other_value String, at Int64')
WHERE $unless_forgotten
