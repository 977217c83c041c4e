"""Takes names; quotes them for a URL's path, and unquotes them."""

from urllib.parse import quote, unquote


def quoted(name: str) -> str:
    """A name as one segment of a path: slashes are quoted too, as the client does."""
    return quote(name, safe="")


def unquoted(segment: str) -> str:
    """The name in a segment of a path."""
    return unquote(segment, errors="replace") if "%" in segment else segment
