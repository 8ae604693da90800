-- Stores which identifiers came together; a row for each pair of kinds follows in the body. As in load.sql, unless somebody was
-- forgotten meanwhile.
INSERT INTO klantreis.identities_stored (site, kind, value, other_kind, other_value, first_at)
SELECT site, kind, value, other_kind, other_value, fromUnixTimestamp64Milli(at, 'UTC') AS first_at
FROM input('site String, kind String, values Array(String), other_kind String, other_values Array(String), ats Array(Int64)')
ARRAY JOIN values AS value, other_values AS other_value, ats AS at
WHERE $unless_forgotten
