"""Schemas for editors, held against what relpro takes, and driven by a language server."""
