"""Tills, kiosks and back ends: the store SDK against a collector, and against everything that happens to a till."""
