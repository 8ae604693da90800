"""What this package calls itself towards the collector."""

SDK = "klantreis-store"
VERSION = "0.1.0"
