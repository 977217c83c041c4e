"""Two graphs -> what differs between them, as data and as text."""
