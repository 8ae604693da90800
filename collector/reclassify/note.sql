-- A step is done; synced before the next one begins.
INSERT INTO klantreis.reclassifications (number, step, rule_set, model, since_ms, until_ms)
SETTINGS async_insert = 0
VALUES ({number:UInt32}, {step:String}, {rule_set:String}, {model:String}, {since:Nullable(Int64)}, {until:Nullable(Int64)})
