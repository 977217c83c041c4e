"""The actions that a task group offers, and the work that each request leads to."""
