"""Takes text as people write it, gives the placeholders in it, and what looks like one in vain.

`{name}` is a placeholder; `{{` and `}}` are braces. Shell and JSON use braces as well: `${HOME}`,
`{}` and `{"json": 1}` are text, and nobody takes them for a placeholder.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

#: A placeholder: `{locale}`, not `${HOME}`, not `{"json": 1}`. `{{` and `}}` are literal braces.
PLACEHOLDER: Final = re.compile(r"\{\{|\}\}|(?<!\$)\{([a-z][a-z0-9_.-]*)\}")

#: A word in braces that is not a placeholder: `{Locale}`, `{ locale }`, `{locale!r}`, `{chunk:02}`.
_ALIKE: Final = re.compile(
    r"\{\{|\}\}|(?<!\$)(\{ *[A-Za-z_][\w.-]* *(?:![a-z])?(?::[\w<>^.]*)? *\})"
)

Path = tuple[Any, ...]


def placeholders(text: str) -> Iterator[str]:
    """The names in the placeholders of a text, as written."""
    return (match[1] for match in PLACEHOLDER.finditer(text) if match[1])


def misleading(text: str) -> str | None:
    """The first thing in a template that looks like a placeholder and is none; else None."""
    if "{" not in text:
        return None
    alike = (match[1] for match in _ALIKE.finditer(text) if match[1])
    return next((one for one in alike if not PLACEHOLDER.fullmatch(one)), None)


def in_vain(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """What looks like a placeholder in a value that is not rendered: path of the text, and it."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from in_vain(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from in_vain(part, (*path, place))
    elif isinstance(value, str) and "{" in value:
        found = next((match[1] for match in _ALIKE.finditer(value) if match[1]), None)
        if found:
            yield path, found


def plain(value: Any) -> Any:
    """A value that is not rendered, with the braces that it means: `{{a}}` is `{a}` everywhere."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, str) and ("{{" in value or "}}" in value):
        return value.replace("{{", "{").replace("}}", "}")
    return value


def quoted(placeholder: str) -> str:
    """How to write literally what looks like a placeholder."""
    return f"{{{placeholder}}}"
