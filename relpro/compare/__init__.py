"""Compares two of: revision, working tree, graph file, folder of decision artifacts."""
