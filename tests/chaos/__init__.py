"""Kills the real processes at named points and at random moments, and counts what was lost or doubled."""
