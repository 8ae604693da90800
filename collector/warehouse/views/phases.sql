-- The phases of every model of the rules in use, in their order.
CREATE OR REPLACE VIEW klantreis.phases $on_cluster AS
SELECT model, model_title_en, model_title_nl, is_default, phase, position, part, title_en, title_nl, rule_set
FROM klantreis.phases_stored FINAL
WHERE rule_set = (SELECT argMax(rule_set, noted_at) FROM klantreis.phases_stored);
