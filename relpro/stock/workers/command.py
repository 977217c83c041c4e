"""Takes a command and its environment as people write them, gives the form that workers read."""

from collections.abc import Mapping
from typing import Any

from voluptuous import Required

from relpro.transform.section import Refusal
from relpro.transform.template import as_key
from relpro.values import OneOf, text

#: A value that contains task ids, which are filled in later.
REFERENCE = OneOf({Required("task-reference"): text}, {Required("artifact-reference"): text})

#: A name that may contain task ids, such as that of a cache for one image.
NAME = OneOf(text, {Required("task-reference"): text})

#: The types of values that are text, or become text when references are resolved.
_TEXT = frozenset({str, dict})


def shell_line(line: str) -> list[str]:
    """A line of shell as a list of arguments; the shell stops at the first failing command."""
    return ["/bin/sh", "-ec", line]


def environment(env: Mapping[str, object]) -> Mapping[str, Any]:
    """Variables as text. References are kept; a mapping that is already text is shared, not copied.

    Raises `Refusal` for a list and for null.
    """
    if _TEXT.issuperset(map(type, env.values())):
        return env
    return {name: _word(name, value) for name, value in env.items()}


def _word(name: str, value: object) -> object:
    if isinstance(value, (str, Mapping)):
        return value
    if value is None or isinstance(value, list | tuple):
        what = f"`{name}` of `env` is {'nothing' if value is None else 'a list'}, not text"
        remedy = "write '' for a variable that is empty" if value is None else "make it one text"
        raise Refusal(what, remedy, ("worker", "env", name))
    return as_key(value)
