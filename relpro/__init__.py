"""Declarative task graphs for release promotion on Taskcluster."""
