"""The demo: a shop to walk through, and a month of journeys to look at."""
