"""Takes values and the paths to them, gives their names in messages."""

from collections.abc import Sequence
from typing import Final

from relpro.model.nearest import nearest
from relpro.values.validators import LONGEST_YEARS, is_too_long, seconds

_FLAGS: Final = {
    **dict.fromkeys(("yes", "on", "y", "1", "True"), "true"),
    **dict.fromkeys(("no", "off", "n", "0", "False"), "false"),
}
_LONGEST = 60


def shown(value: object) -> str:
    """A value as a message quotes it: never the whole of a list or mapping."""
    if isinstance(value, dict | list):
        kind = "mapping" if isinstance(value, dict) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 3]}..."
        escaped = short.encode("unicode_escape").decode() if not short.isprintable() else short
        return f'"{escaped}"'
    return written(value)


def written(key: object) -> str:
    """A scalar in YAML syntax: true, null, 12, name."""
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)


def named(path: Sequence[object]) -> str:
    """The name of the value at a path: its key, or its position in the list of that key."""
    steps = without_choices(path)
    if not steps:
        return "the value"
    if isinstance(steps[-1], int) and not isinstance(steps[-1], bool):
        above = steps[:-1]
        return f"item {steps[-1] + 1}" + (f" of {named(above)}" if above else "")
    return f"`{written(steps[-1])}`"


def within(path: Sequence[object]) -> str:
    """The keys around the key at a path, joined by dots; empty at the top of the file."""
    keys = [step for step in without_choices(path) if isinstance(step, str)]
    return ".".join(keys[:-1])


def without_choices(path: Sequence[object]) -> tuple[object, ...]:
    """A path without the steps that only choose an alternative of a keyed value."""
    steps = list(path)
    kept = []
    while steps:
        step = steps.pop(0)
        if isinstance(step, str) and step.startswith("by-") and steps:
            steps.pop(0)
        else:
            kept.append(step)
    return tuple(kept)


def remedy_for(value: object, wanted: str, choices: Sequence[str]) -> str:
    """The replacement for a refused value, if it can be guessed; else an empty text."""
    if isinstance(value, dict) and list(value.values()) == [None]:
        (word,) = value
        return "" if str(word).startswith("by-") else f'put it in quotes: "{{{word}}}"'
    is_number = isinstance(value, int | float)
    if is_number and ("text" in wanted or "name" in wanted or written(value) in choices):
        return in_quotes(value)
    return _remedy_for_text(value, wanted, choices) if isinstance(value, str) else ""


def in_quotes(value: object) -> str:
    """The remedy for a value that should be text. Only the file shows how a flag was written."""
    if value is None or isinstance(value, bool):
        return "put it in quotes, as it is written"
    return f'put it in quotes: "{value}"'


def with_alternatives(word: str) -> str:
    """The remedy for a malformed keyed value, `by-*`."""
    return f"write `{{{word}: {{<{word.removeprefix('by-')}>: ..., default: ...}}}}`"


def _remedy_for_text(value: str, wanted: str, choices: Sequence[str]) -> str:
    if close := nearest(value, choices):
        return f"did you mean `{close}`?"
    if "duration" in wanted and is_too_long(value):
        return f"there is no date in so many years: {LONGEST_YEARS} is the most"
    if "true or false" in wanted and value in _FLAGS:
        return f"write {_FLAGS[value]}"
    return _number_for(value) if "whole number" in wanted else ""


def _number_for(value: str) -> str:
    if value.isdecimal():
        return "leave the quotes out"
    length = seconds(value)
    return "" if length is None else f"write {length}"
