"""Saved plans: made, shown, compared, carried out."""
