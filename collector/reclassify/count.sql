-- How many touchpoints there are to look at, deliveries of the same one counted each.
SELECT count() AS touchpoints
FROM klantreis.touchpoints_stored
WHERE $span AND ({site:String} = '' OR site = {site:String})
