-- The first moment of the period: the beginning of a day where the asker lives.
toDateTime64(if({since:String} = '', '1970-01-01', {since:String}), 3, {time_zone:String})
