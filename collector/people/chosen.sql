-- Identifiers that a statement was given, in the form of klantreis.forgotten. The values are keyed hashes: a server logs
-- the values that are bound to a statement, so an identifier itself is never sent to it.
(
    SELECT {site:String} AS site, person.1 AS kind, toFixedString(unhex(person.2), 32) AS hash
    FROM (SELECT arrayJoin(arrayZip({kinds:Array(String)}, {hashes:Array(String)})) AS person)
)
