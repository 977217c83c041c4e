"""Tests of the update server."""
