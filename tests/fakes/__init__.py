"""Real servers that behave like the providers, and misbehave on demand: for tests and for load."""
