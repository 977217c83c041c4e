"""Tasks, and the graph they form."""
