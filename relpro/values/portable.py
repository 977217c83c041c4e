"""Takes a value, gives the parts that JSON and JavaScript cannot represent."""

import math
from collections.abc import Iterator, Mapping

#: The largest integer that JavaScript holds exactly, as the queue does. Source: ECMAScript,
#: Number.MAX_SAFE_INTEGER.
LARGEST_EXACT = 2**53 - 1

#: The deepest nesting: more than people write, less than Python's stack allows.
DEEPEST = 100

#: The same for a part of a task that is written as JSON. Source: orjson, which raises "on recursion
#: deeper than 254"; the levels around the part need a few.
DEEPEST_WRITTEN = 250

#: Second half of the message about a text that UTF-8 cannot encode.
NO_TEXT = "has half of a sign in it (a lone surrogate), which is not text"

#: Second half of the message about a number that would be rounded.
ROUNDED = "is a number that the queue would round"


def unfit(value: object, path: str, deepest: int = DEEPEST) -> Iterator[str]:
    """A text for each part of a value that JSON or JavaScript cannot represent, with its path.

    What is nested deeper than `deepest` is reported once and not checked further.
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


def _of_keys(value: Mapping[object, object], path: str) -> Iterator[str]:
    for key in value:
        if not isinstance(key, str):
            yield f"a key of `{path}` is {key!r}, which is not text"
        elif is_broken(key):
            yield f"a key of `{path}` {NO_TEXT}"


def _unfit(value: object) -> str:
    match value:
        case bool() | None:
            return ""
        case str():
            return NO_TEXT if is_broken(value) else ""
        case int():
            return "" if abs(value) <= LARGEST_EXACT else ROUNDED
        case float():
            # An integer that is too large for the JSON reader arrives as a float.
            if not math.isfinite(value):
                return "is a number that JSON does not have"
            return "" if not value.is_integer() or abs(value) <= LARGEST_EXACT else ROUNDED
        case _:
            return f"is of type `{type(value).__name__}`, which JSON does not have"


def is_broken(text: str) -> bool:
    r"""Whether a text has an unpaired surrogate, as JSON can write it (`\ud800`)."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)
