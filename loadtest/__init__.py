"""How fast it is, and whether it keeps everything while it is fast."""
