"""JSON schemas of what people write, with which editors complete and check while typing."""
