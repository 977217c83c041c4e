"""From the target graph to the tasks that are created, and the ones that are reused."""
