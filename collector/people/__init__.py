"""What a person may ask for: to be forgotten, and to see what is kept of them (GDPR, articles 17 and 15)."""
