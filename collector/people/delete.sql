-- Deletes whoever is forgotten from a table, in the background. A mutation and no lightweight delete: that would only mark
-- the rows. The text of a mutation stays on disk, so it holds nothing of anybody.
ALTER TABLE klantreis.$table $on_cluster
DELETE WHERE $condition
SETTINGS mutations_sync = 0, allow_nondeterministic_mutations = 1
