"""Parameters: one row for each, with which values are read and checked."""
