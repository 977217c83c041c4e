"""Tasks, and the graphs that they form."""
