-- The phase after a step in the model. JSON is read once for each combination that occurs, not for each row.
if({model:String} = '', next_phase, JSONExtractString(next_phases, {model:String}))
