-- The present state of the list of the forgotten: for rows that no loader composed.
(SELECT sum(cityHash64(site, kind, hash)) FROM klantreis.forgotten)
