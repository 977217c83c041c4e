"""Takes names; gives them as they stand in a URL's path, and back."""

from urllib.parse import quote, unquote


def quoted(name: str) -> str:
    """A name as one segment of a path: slashes are quoted too, as the client does."""
    return quote(name, safe="")


def unquoted(segment: str) -> str:
    """The name that a segment of a path stands for."""
    return unquote(segment, errors="replace") if "%" in segment else segment
