"""The spool: what a receiver accepted and the loader has not put in ClickHouse yet, on the local disk."""
