-- The phase before a step in the model. It is taken out of the JSON once for each text that occurs:
-- JSONExtractString does it for each row, 1.6 s of processor time for ten million instead of 0.07.
if({model:String} = '', previous_phase, simpleJSONExtractString(previous_phases, {model:String}))
