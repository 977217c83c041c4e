"""What this project's kinds need beyond the stock transforms."""
