-- Identifiers that have become a hub, or are none any more: whoever they linked has to be settled anew.
INSERT INTO klantreis.changed (site, kind, value)
SELECT DISTINCT site, other_kind, other_value
FROM klantreis.identities_stored
WHERE {my_turn} AND (site, kind, value) IN (SELECT arrayJoin(arrayZip({sites:Array(String)}, {kinds:Array(String)}, {values:Array(String)})))
