-- Whether a rejected row names one of $people (site, kind, hash): collector.forgotten.pieces says what may be an identifier
-- in a text. A row without a site is a record that could not be read: it may be of any.
arrayExists(
    digest ->
        digest IN (SELECT hash FROM $people WHERE site = '')
        OR (toString(site), digest) IN (SELECT toString(site), hash FROM $people WHERE site != '')
        OR (site = '' AND digest IN (SELECT hash FROM $people)),
    arrayMap(
        piece -> $piece,
        arrayFilter(piece -> piece != '', arrayDistinct(arrayConcat(
            arrayMap(
                literal -> multiIf(
                    NOT startsWith(literal, '"'), literal,
                    position(literal, '\\') > 0, if(isValidJSON(concat('[', literal, ']')), JSONExtractString(concat('[', literal, ']'), 1), trim(BOTH '"' FROM literal)),
                    trim(BOTH '"' FROM literal)),
                extractAll(concat(raw, '\n', detail), '"(?s:[^"\\\\]|\\\\.)*"?|[0-9]+')),
            extractAll(concat(raw, '\n', detail), '[^\\x00-\\x20"\\\\,:;{}\\[\\]()<>/?&=#%+\']{6,}'))))))
