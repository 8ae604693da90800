"""How long the questions take on ten million touchpoints."""
