-- Rejected touchpoints with their reason, one row per touchpoint and receipt; kept for some days, see docs/settings.md.
CREATE OR REPLACE VIEW klantreis.rejected $on_cluster AS
SELECT *
FROM klantreis.rejected_stored FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;
