-- The phase of a step in the model. JSON is read once for each combination that occurs, not for each row.
if({model:String} = '', phase, JSONExtractString(phases, {model:String}))
