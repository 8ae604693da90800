-- The highest turn, whose it is, and for how long it was silent; a turn that was given back is silent for ever.
SELECT turn, settler, if(max(ended), 1e9, dateDiff('millisecond', max(alive_at), now64(6)) / 1000) AS silent_s
FROM klantreis.settlers
WHERE turn = (SELECT max(turn) FROM klantreis.settlers)
GROUP BY turn, settler
ORDER BY settler
LIMIT 1
