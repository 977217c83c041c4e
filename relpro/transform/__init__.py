"""Kinds -> tasks: the chain of transforms, what they see, and templates.

What a module of transforms needs is here: `each`, `expand`, `whole`, `Section`, `Context`.
"""
