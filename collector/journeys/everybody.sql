-- Everybody changed: all that touchpoints name, and the touchpoints that name nobody. Merging makes one of what is told several times.
INSERT INTO klantreis.changed (site, kind, value)
SELECT site, kind, value
FROM
(
    SELECT toString(site) AS site,
        arrayJoin(if(visitor_id = '' AND customer_id = '' AND identity_loyalty_card = '' AND identity_email_hash = '' AND identity_phone_hash = '' AND identity_linked_visitor_id = '',
            [('touchpoint', concat(toString(toUnixTimestamp64Milli(occurred_at_sent)), ' ', toString(id)))],
            [('visitor', visitor_id), ('visitor', identity_linked_visitor_id), ('customer', customer_id), ('loyalty_card', identity_loyalty_card), ('email', identity_email_hash), ('phone', identity_phone_hash)])) AS node,
        node.1 AS kind, node.2 AS value
    FROM klantreis.touchpoints_stored
)
WHERE value != ''
