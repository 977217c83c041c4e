"""Signing with throw-away keys: one module for each sort of signature."""
