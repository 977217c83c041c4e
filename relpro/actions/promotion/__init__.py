"""The release-promotion action: from what a release engineer asks for to the graph of a phase."""
