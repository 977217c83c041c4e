"""Two of: revision, working tree, graph file, folder of decision artifacts -> their graphs."""
