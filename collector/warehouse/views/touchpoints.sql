-- Touchpoints, what analysts read: one row per touchpoint, exact at every moment, however often it was delivered. While
-- they are re-classified the old classification is read until the new one is complete (collector/warehouse/shown.py).
CREATE OR REPLACE VIEW klantreis.touchpoints $on_cluster AS
SELECT $shown
FROM klantreis.touchpoints_stored FINAL
-- A key lies in one partition for ever, so parts of different months need not be compared.
SETTINGS do_not_merge_across_partitions_select_final = 1;
