-- Whether an identifier of $people (site, kind, hash) is an end of a row about identifiers: $kind and $value are its columns.
-- What a touchpoint is named by for want of a visitor id says nothing of anybody.
($kind IN ('visitor', 'customer') AND (
    (toString($kind), $digest) IN (SELECT toString(kind), hash FROM $people WHERE site = '')
    OR (toString(site), toString($kind), $digest) IN (SELECT toString(site), toString(kind), hash FROM $people WHERE site != '')))
