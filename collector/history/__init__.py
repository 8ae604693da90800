"""History: what happened before Klantreis was there, brought in from files by the front door's own rules."""
