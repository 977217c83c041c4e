"""Moving from taskgraph: what `relpro import-taskgraph` makes of a configuration."""
