-- Whether a step counts: of the site, of people rather than of programs, and only if there is such a model at all.
({site:String} = '' OR site = {site:String})
AND ({bots:UInt8} != 0 OR NOT is_bot)
AND ({model:String} = '' OR {model:String} IN (SELECT model FROM klantreis.phases))
