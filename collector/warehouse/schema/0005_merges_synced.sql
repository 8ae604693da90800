-- A merged part replaces those it was made of, which leave the disk soon after: it has to be on the disk before. By default
-- the engine leaves that to the system, so a power cut could cost what had been accepted and loaded long ago.
ALTER TABLE klantreis.touchpoints_stored$local $on_cluster
    MODIFY SETTING min_rows_to_fsync_after_merge = 1, cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1;
ALTER TABLE klantreis.rejected_stored$local $on_cluster
    MODIFY SETTING min_rows_to_fsync_after_merge = 1, cleanup_delay_period = 2, max_cleanup_delay_period = 2, cleanup_delay_period_random_add = 1;
