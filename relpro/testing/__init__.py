"""For tests of kinds and transforms, ours and adopters': fixtures, golden graphs, factories."""
