-- Whether a row of klantreis.phases is of the model.
if({model:String} = '', is_default, model = {model:String})
