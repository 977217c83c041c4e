"""JSON schemas of what people write, by which editors complete and check while one types."""
