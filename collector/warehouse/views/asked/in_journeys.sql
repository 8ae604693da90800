-- Whether a step is of a journey that began in the period and has a step of the segment. Nothing is looked up if all are meant.
(journey != 0 AND ({since:String} = '' AND {until:String} = '' AND {segment:String} = '' OR journey IN
(
    SELECT journey
    FROM klantreis.journey_steps_stored FINAL
    WHERE journey != 0 AND $counted
    GROUP BY journey
    HAVING min(occurred_at) >= $since AND min(occurred_at) < $until AND max($in_segment)
)))
