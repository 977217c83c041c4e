"""From the full graph to the tasks that are wanted, and all that they need."""
