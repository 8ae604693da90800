-- Everybody who is forgotten, with what each adds to the state of the list (load.sql compares it).
SELECT site, kind, lower(hex(hash)) AS digest, cityHash64(site, kind, hash) AS adds
FROM klantreis.forgotten
