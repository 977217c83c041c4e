"""Values that flow through the pipeline. No input, no output, no product knowledge."""
