"""YAML text -> plain data, each value with the line and column where it was written."""
