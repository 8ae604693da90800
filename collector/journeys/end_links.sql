ALTER TABLE klantreis.identities_stored$local $on_cluster DELETE WHERE told_at < toDateTime({since:UInt32}, 'UTC')
