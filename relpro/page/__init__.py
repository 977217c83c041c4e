"""A page to look at graphs: one document, drawn in a browser, from a file or from loopback."""
