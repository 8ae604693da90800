-- Whether a touchpoint carries an identifier of $people (site, kind, hash): collector.forgotten.Named, as the columns are
-- named. Site is empty for every site.
(visitor_id != '' AND (
    $visitor IN (SELECT hash FROM $people WHERE kind = 'visitor' AND site = '')
    OR (toString(site), $visitor) IN (SELECT toString(site), hash FROM $people WHERE kind = 'visitor' AND site != '')))
OR (identity_linked_visitor_id != '' AND (
    $linked IN (SELECT hash FROM $people WHERE kind = 'visitor' AND site = '')
    OR (toString(site), $linked) IN (SELECT toString(site), hash FROM $people WHERE kind = 'visitor' AND site != '')))
OR (customer_id != '' AND (
    $customer IN (SELECT hash FROM $people WHERE kind = 'customer' AND site = '')
    OR (toString(site), $customer) IN (SELECT toString(site), hash FROM $people WHERE kind = 'customer' AND site != '')))
OR (order_id != '' AND (
    $order IN (SELECT hash FROM $people WHERE kind = 'order' AND site = '')
    OR (toString(site), $order) IN (SELECT toString(site), hash FROM $people WHERE kind = 'order' AND site != '')))
