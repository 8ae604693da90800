-- All identifiers of the person, or of the device, that an identifier belongs to.
SELECT kind, value, person, shared, hub
FROM klantreis.people_stored FINAL
WHERE site = {site:String} AND (
    (kind = {kind:String} AND value = {value:String})
    OR (person != 0 AND person IN (SELECT person FROM klantreis.people_stored FINAL WHERE site = {site:String} AND kind = {kind:String} AND value = {value:String}))
    OR (device != 0 AND device IN (SELECT device FROM klantreis.people_stored FINAL WHERE site = {site:String} AND kind = {kind:String} AND value = {value:String})))
ORDER BY kind, value
LIMIT 1000
