-- Puts the column's values where a load puts its own. Readers take the column's meanwhile, so they see no difference.
ALTER TABLE klantreis.$table $on_cluster
UPDATE signal = $column.signal, phase = $column.phase, phases = $column.phases, rules = $column.rules, rule_set = $column.rule_set
WHERE $column.done
SETTINGS mutations_sync = 0
