"""Functions of a project's own: found by their dotted names, and blamed at their own lines."""
