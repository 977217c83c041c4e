"""Kinds -> tasks: the chain of transforms, their context, and templates."""
