-- A condition on klantreis.people_stored: the identifier is linked with nothing any more.
(toString(site), toString(kind), value) NOT IN (SELECT toString(site), toString(kind), value FROM klantreis.identities_stored)
    AND (toString(site), toString(kind), value) NOT IN (SELECT toString(site), toString(kind), value FROM klantreis.identity_decisions)
    AND (toString(site), toString(kind), value) NOT IN (SELECT toString(site), toString(other_kind), other_value FROM klantreis.identity_decisions)
