"""Gives stored touchpoints the signals and phases of the present rules."""
