"""Rules on a finished graph: each is a function that returns diagnostics."""
