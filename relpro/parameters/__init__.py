"""Parameters: one row for each, and how values are read and checked by the rows."""
