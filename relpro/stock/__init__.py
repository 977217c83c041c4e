"""Transforms that every project needs, and what turns a description into a task.

The docstring of each module shows the YAML that it reads.
"""
