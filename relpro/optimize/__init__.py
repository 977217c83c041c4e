"""The target graph -> the tasks that are created, and those that are reused."""
