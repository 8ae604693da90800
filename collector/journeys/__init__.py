"""Journeys: who is who, and what they did in which order."""
