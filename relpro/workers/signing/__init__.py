"""How a file is signed with throw-away keys: one module for each sort of signature."""
