"""Why a label is in a graph or not, what would bring it back, and what set a value of it."""
