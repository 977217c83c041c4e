"""Translates a taskgraph configuration into a relpro project.

Nothing of the repository is run: its YAML is read as taskgraph reads it, its Python as text.
"""
