-- A day's salt, gone with its files: not a deletion that some later merge carries out.
ALTER TABLE klantreis.salts$local $on_cluster
DROP PARTITION {day:String}
