"""Faults of the world around the collector: what a sender saw, and what was in ClickHouse afterwards."""
