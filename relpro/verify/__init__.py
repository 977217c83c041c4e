"""Rules on a finished graph, each one function that gives diagnostics."""
