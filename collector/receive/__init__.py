"""The receiver: takes touchpoints over HTTP and answers 202 when they are on disk."""
