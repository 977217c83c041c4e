"""Takes a query string and a way to fetch rows; gives one page and the token of the next."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from relpro.embedded.errors import bad_argument

#: Maximum number of entries of a page (queue API, listTaskGroup).
PAGE = 1000

Entry = TypeVar("Entry")


def page_of(
    query: Mapping[str, str], fetch: Callable[[int, int], Sequence[Entry]]
) -> tuple[Sequence[Entry], Mapping[str, str]]:
    """One page of the rows from `fetch(offset, limit)`, and a mapping with its continuationToken.

    A limit above `PAGE` is reduced to it; 0 gives nothing. Raises `InvalidRequestArguments`.
    """
    limit = min(_number(query, "limit", PAGE), PAGE)
    offset = _number(query, "continuationToken", 0)
    entries = fetch(offset, limit + 1)
    if len(entries) <= limit or limit == 0:
        return entries[:limit], {}
    return entries[:limit], {"continuationToken": str(offset + limit)}


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise bad_argument(f"query-string parameter `{name}`: `{text}` is not a whole number")
    return int(text)
