"""Transforms that every project needs, and the steps that turn a description into a task.

The docstring of each module shows the YAML that it reads.
"""
