-- The first moment after the period.
toDateTime64(if({until:String} = '', '2299-12-31', {until:String}), 3, {time_zone:String})
