-- Adds identifiers to the list; the rows follow in the body, because bodies are never logged.
INSERT INTO klantreis.forgotten (site, kind, hash)
SELECT site, kind, unhex(hash) AS hash
FROM input('site String, kind String, hash String')
