"""The full graph -> the selected tasks, with all their dependencies."""
