-- Of those who change, whoever is linked with nothing any more: an identifier without a row is somebody of its own.
ALTER TABLE klantreis.people_stored$local $on_cluster DELETE
WHERE (toString(site), toString(kind), value) IN (SELECT site, kind, value FROM klantreis.changed)
    AND (toString(site), toString(kind), value) NOT IN
    (
        SELECT toString(site), toString(kind), value FROM klantreis.identities_stored
        WHERE (toString(site), toString(kind), value) IN (SELECT site, kind, value FROM klantreis.changed)
        UNION ALL
        SELECT toString(site), toString(kind), value FROM klantreis.identity_decisions
        UNION ALL
        SELECT toString(site), toString(other_kind), other_value FROM klantreis.identity_decisions
    )
