"""The forms in which touchpoints may come in; each ends in the same checks and the same spool."""
