-- Whether a step lies in the period.
(occurred_at >= $since AND occurred_at < $until)
