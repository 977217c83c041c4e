"""Functions of a project: found by their dotted names; their failures name the project's lines."""
