"""Kinds -> tasks: the chain of transforms, what they see, and templates."""
