"""Two graphs -> their difference, as data and as text."""
