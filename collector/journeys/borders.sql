-- Where journeys begin: with the first touchpoint of a person; after a silence; and with the first touchpoint of the buyer's
-- part after a purchase and something of the customer's part, its use.
--
-- A turn is a touchpoint of the buyer's part right after one of the customer's part. It begins a journey if something was
-- bought since the turn or silence before: had something been bought earlier and not used up by a journey, that turn would have
-- begun one. So a glance back is enough, and no state has to be carried along.
SELECT * EXCEPT (_silent, _turn, _bought_at_border),
    _first OR _silent OR (_turn AND _bought_before > ifNull(_bought_at_border, 0)) AS _begins
FROM
(
    SELECT *,
        _kind = 'buyer' AND _kind_before = 'customer' AS _turn,
        anyLastIf(_bought_before, _silent OR _turn) OVER before AS _bought_at_border
    FROM ({parts})
    WINDOW before AS (PARTITION BY journey ORDER BY touchpoints ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
