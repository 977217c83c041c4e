"""Data types of the pipeline. No input, no output, no product knowledge."""
