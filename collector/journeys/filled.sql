-- The touchpoints of the batch: a share of the people, so that several statements can do all of them. Those on shared devices
-- that know nobody themselves are there a second time, with whose they are.
SELECT * FROM klantreis.settling_touchpoints WHERE NOT (_shared AND _own = 0) AND journey % {shares} = {share}
