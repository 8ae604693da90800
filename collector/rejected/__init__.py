"""Repair: what was turned down or refused, looked at again and, after a fix, taken in by the front door's checks."""
