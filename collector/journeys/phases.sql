-- The phases of the rules that journeys are settled by; the rows follow in the body.
INSERT INTO klantreis.phases_stored (rule_set, model, model_title_en, model_title_nl, is_default, phase, position, part, title_en, title_nl)
SELECT * FROM input('rule_set String, model String, model_title_en String, model_title_nl String, is_default Bool, phase String, position UInt8, part String, title_en String, title_nl String')
FORMAT JSONEachRow
