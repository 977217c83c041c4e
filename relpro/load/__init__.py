"""Text on disk -> values, each with the place where it was written."""
