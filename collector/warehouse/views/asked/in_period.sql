-- Whether a step lies in the period; where it has no end, its times are not even read.
(({since:String} = '' OR occurred_at >= $since) AND ({until:String} = '' OR occurred_at < $until))
