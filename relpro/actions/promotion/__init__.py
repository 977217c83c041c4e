"""The release-promotion action: from a release engineer's request to the graph of a phase."""
