-- How many identifiers were taken and are not settled yet, and how many changed since. Both are counted without reading a row, so
-- asking every second costs nothing to speak of.
SELECT (SELECT count() FROM klantreis.settling) AS taken, (SELECT count() FROM klantreis.changed) AS changed
