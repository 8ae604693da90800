-- Identifiers that came together in a touchpoint, each pair once. What somebody decided of a pair is in klantreis.identity_decisions.
CREATE OR REPLACE VIEW klantreis.identities $on_cluster AS
SELECT site, kind, value, other_kind, other_value, min(first_at) AS first_at
FROM klantreis.identities_stored
WHERE other_kind != 'touchpoint' AND (kind, value) < (other_kind, other_value)
GROUP BY site, kind, value, other_kind, other_value;
