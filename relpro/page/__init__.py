"""A page that shows graphs: one document, drawn by a browser, from a file or from loopback."""
