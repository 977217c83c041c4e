"""Why a label is in a graph or not, what would add it, and what set a value of its task."""
