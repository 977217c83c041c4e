"""What the postcard adds to relpro."""
