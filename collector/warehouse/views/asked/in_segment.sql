-- Whether a step is of the segment: of each column that is named, one of the values that are given. All but the column is worked
-- out once for the query; a name that is none of these is refused, with the one that was meant.
(length(CAST(extractAll(if({segment:String} = '', '', concat(',', {segment:String})), ',([^,=]*=?)'),
    'Array(Enum8(\'device=\' = 1, \'company_type=\' = 2, \'came_by=\' = 3, \'source=\' = 4, \'medium=\' = 5, \'campaign=\' = 6, \'channel=\' = 7, \'store_id=\' = 8, \'customer=\' = 9, \'part=\' = 10))')) >= 0
AND (empty(extractAll(concat(',', {segment:String}), ',device=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',device=([^,]*)'), device))
AND (empty(extractAll(concat(',', {segment:String}), ',company_type=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',company_type=([^,]*)'), company_type))
AND (empty(extractAll(concat(',', {segment:String}), ',came_by=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',came_by=([^,]*)'), came_by))
AND (empty(extractAll(concat(',', {segment:String}), ',source=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',source=([^,]*)'), source))
AND (empty(extractAll(concat(',', {segment:String}), ',medium=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',medium=([^,]*)'), medium))
AND (empty(extractAll(concat(',', {segment:String}), ',campaign=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',campaign=([^,]*)'), campaign))
AND (empty(extractAll(concat(',', {segment:String}), ',channel=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',channel=([^,]*)'), channel))
AND (empty(extractAll(concat(',', {segment:String}), ',store_id=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',store_id=([^,]*)'), store_id))
AND (empty(extractAll(concat(',', {segment:String}), ',customer=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',customer=([^,]*)'), toString(customer)))
AND (empty(extractAll(concat(',', {segment:String}), ',part=([^,]*)')) OR has(extractAll(concat(',', {segment:String}), ',part=([^,]*)'), part)))
