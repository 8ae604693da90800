"""Klantreis: receives touchpoints, keeps every one, says which phase of the customer journey each belongs to."""

__version__ = "0.1.0"
