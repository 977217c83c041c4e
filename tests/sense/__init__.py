"""What a release does to the world, by a plain model and by the rules: neither finds more."""
