-- The touchpoints of the batch: a share of the people, so that several statements can do all of them.
SELECT * FROM klantreis.settling_touchpoints WHERE journey % {shares} = {share}
