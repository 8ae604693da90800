-- Which rows a command is about. Empty values choose all; every value is bound.
({reason:String} = '' OR reason = {reason:String})
AND ({key:String} = '' OR key = {key:String})
AND ({site:String} = '' OR site = {site:String})
AND received_at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC')
AND (empty({ids:Array(String)}) OR lower(replaceAll(id, '-', '')) IN {ids:Array(String)} OR row IN {ids:Array(String)})
