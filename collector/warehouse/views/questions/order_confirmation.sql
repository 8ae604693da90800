-- How many larger orders are confirmed because the customer asked for it, of new customers and of returning ones?
--
-- Speaks of purchases of the period and the segment by people who are known, with a total above the parameter `above` in the
-- order's own currency. One is confirmed on request if the order, or any touchpoint with its order id on the same site, says
-- `order_confirmation` `requested` or has the signal `confirmation_requested`.
--
-- * `customer`: `new` (no purchase before) or `returning`
-- * `currency`: of the orders
-- * `orders`: above the amount
-- * `on_request`, `share`: orders confirmed on request; their share
-- * `unasked`: orders confirmed without a request (signal `order_confirmed`, or `order_confirmation` `sent`)
--
-- **To compare with:** almost 70 % of orders above 150 euro, mostly of new customers.
--
-- ```sql
-- SELECT * FROM klantreis.order_confirmation(site='', model='', since='', until='', time_zone='Europe/Amsterdam', segment='', bots=0, above=150)
-- ```
CREATE OR REPLACE VIEW klantreis.order_confirmation $on_cluster AS
WITH
    confirmations AS
    (
        SELECT site, order_id, max(order_confirmation = 'requested' OR signal = 'confirmation_requested') AS requested
        FROM klantreis.journey_steps_stored FINAL
        WHERE (order_confirmation IN ('requested', 'sent') OR signal IN ('confirmation_requested', 'order_confirmed')) AND order_id != '' AND $counted
        GROUP BY site, order_id
    )
SELECT if(customer, 'returning', 'new') AS customer, order_currency AS currency, count() AS orders,
    countIf(requested) AS on_request, on_request / orders AS share, countIf(confirmed AND NOT requested) AS unasked
FROM
(
    SELECT customer, order_currency,
        order_confirmation = 'requested' OR (site, order_id) IN (SELECT site, order_id FROM confirmations WHERE requested) AS requested,
        order_confirmation = 'sent' OR (site, order_id) IN (SELECT site, order_id FROM confirmations) AS confirmed
    FROM klantreis.journey_steps_stored FINAL
    WHERE purchase AND person != 0 AND order_total > {above:Decimal(18, 4)} AND $counted AND $in_period AND $in_segment
)
GROUP BY customer, currency
ORDER BY customer, orders DESC, currency;
