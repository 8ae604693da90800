"""Counts visitors who are not told apart by anything on their device: a hash of the request that holds for a day."""
