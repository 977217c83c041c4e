"""Takes a value, gives what in it cannot be handed on: it goes as JSON, to what is JavaScript."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

#: The largest integer that JavaScript holds exactly, as the queue does. Source: ECMAScript,
#: Number.MAX_SAFE_INTEGER.
LARGEST_EXACT = 2**53 - 1

#: Containers in containers: more than people write, less than Python's stack holds.
DEEPEST = 100

#: The same in a part of a task that is written as JSON. Source: orjson, which raises "on recursion
#: deeper than 254"; what is around the part takes a few.
DEEPEST_WRITTEN = 250

#: How the message goes on about a text that UTF-8 cannot write.
NO_TEXT = "has half of a sign in it (a lone surrogate), which is not text"

#: How the message goes on about a number that comes out as another.
ROUNDED = "is a number that the queue would round"


def unfit(value: Any, path: str, deepest: int = DEEPEST) -> Iterator[str]:
    """A text for each part of a value that JSON or JavaScript could not hold, with its path.

    What is nested deeper than `deepest` is told once, and nothing is said of the rest.
    """
    pending = [(path, value, 0)]
    while pending:
        at, part, depth = pending.pop()
        if depth > deepest:
            yield f"`{at[:60]}...` is nested more than {deepest} deep"
            return
        if isinstance(part, Mapping):
            yield from _of_keys(part, at)
            inner = [(f"{at}.{key}", one, depth + 1) for key, one in part.items()]
        elif isinstance(part, list | tuple):
            inner = [(f"{at}[{place}]", one, depth + 1) for place, one in enumerate(part)]
        else:
            if why := _unfit(part):
                yield f"`{at}` {why}"
            continue
        pending += reversed(inner)


def _of_keys(value: Mapping[Any, Any], path: str) -> Iterator[str]:
    for key in value:
        if not isinstance(key, str):
            yield f"a key of `{path}` is {key!r}, which is not text"
        elif is_broken(key):
            yield f"a key of `{path}` {NO_TEXT}"


def _unfit(value: Any) -> str:
    match value:
        case bool() | None:
            return ""
        case str():
            return NO_TEXT if is_broken(value) else ""
        case int():
            return "" if abs(value) <= LARGEST_EXACT else ROUNDED
        case float():
            # A whole number that is too large for the reader of JSON has come as such a one.
            if not math.isfinite(value):
                return "is a number that JSON does not have"
            return "" if not value.is_integer() or abs(value) <= LARGEST_EXACT else ROUNDED
        case _:
            return f"is of type `{type(value).__name__}`, which JSON does not have"


def is_broken(text: str) -> bool:
    r"""Whether a text has half of a sign, as JSON can write it (`\ud800`)."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)
