-- The phase before a step in the model. JSON is read once for each combination that occurs, not for each row.
if({model:String} = '', previous_phase, JSONExtractString(previous_phases, {model:String}))
