"""The questions that analysts ask: which there are, and their answers."""
