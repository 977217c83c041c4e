"""Takes a command and its environment as people write them, gives them as workers read them."""

from collections.abc import Mapping
from typing import Any

from voluptuous import Any as OneOf
from voluptuous import Required

from relpro.load.structure import text
from relpro.transform.template import as_key

#: A value that is made of the ids of other tasks, once these are known.
REFERENCE = OneOf({Required("task-reference"): text}, {Required("artifact-reference"): text})


def shell_line(line: str) -> list[str]:
    """A line of shell as a list of arguments; the shell stops at the first command that fails."""
    return ["/bin/sh", "-ec", line]


def environment(env: Mapping[str, Any]) -> Mapping[str, Any]:
    """Variables as text. References stay as they are; a mapping of texts is shared, not copied."""
    if all(isinstance(value, str | Mapping) for value in env.values()):
        return env
    return {
        name: value if isinstance(value, str | Mapping) else as_key(value)
        for name, value in env.items()
    }
