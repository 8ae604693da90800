-- What an order came to, as first told with a total: a page may know the number alone, and the server the rest.
SELECT site AS of_order_site, journey AS of_order_person, order_id AS of_order,
    argMin(order_total, (occurred_at, touch)) AS _total, argMin(order_currency, (occurred_at, touch)) AS _currency
FROM ({filled})
WHERE {purchase} AND order_id != '' AND order_total IS NOT NULL
GROUP BY site, journey, order_id
