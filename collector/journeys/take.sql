-- Takes everybody who changed until now, in one step: whoever changes from here on is for the next settlement.
ALTER TABLE klantreis.changed$local $on_cluster MOVE PARTITION tuple() TO TABLE klantreis.settling$local
