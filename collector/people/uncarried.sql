-- A condition on klantreis.identities_stored: no touchpoint carries both ends any more.
(site, kind, value, other_kind, other_value) NOT IN
(
    SELECT site, ends.1.1, ends.1.2, ends.2.1, ends.2.2
    FROM
    (
        SELECT toString(site) AS site,
            arrayFilter(node -> node.2 != '', [('visitor', visitor_id), ('visitor', identity_linked_visitor_id), ('customer', customer_id),
                ('loyalty_card', identity_loyalty_card), ('email', identity_email_hash), ('phone', identity_phone_hash)]) AS named,
            if(visitor_id = '', arrayPushBack(named, ('touchpoint', concat(toString(toUnixTimestamp64Milli(occurred_at_sent)), ' ', toString(id)))), named) AS others,
            arrayJoin(arrayFilter(pair -> pair.1 != pair.2, arrayFlatten(arrayMap(one -> arrayMap(other -> (one, other), others), named)))) AS ends
        FROM klantreis.touchpoints_stored
        WHERE customer_id != '' OR identity_linked_visitor_id != '' OR identity_loyalty_card != '' OR identity_email_hash != '' OR identity_phone_hash != ''
    )
)
