"""What becomes of a taskgraph configuration: its files are read, translated, written as relpro's.

Nothing of a repository is run: its YAML is read as taskgraph reads it, its Python as text.
"""
