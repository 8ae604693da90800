-- What the loader has stored, one page of it, each row as a line of JSON.
SELECT arrayStringConcat(groupArray(formatRowNoNewline('JSONEachRow', $columns)), '\n') AS lines
FROM klantreis.touchpoints_stored
WHERE cityHash64(id) % {pages:UInt64} = {page:UInt64}
