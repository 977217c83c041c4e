"""Saved plans: making, showing, comparing, carrying out."""
