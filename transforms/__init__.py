"""The transforms of this project's kinds, beyond the stock transforms."""
