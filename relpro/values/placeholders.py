"""Takes text as people write it, gives its placeholders, and text that only looks like one.

`{name}` is a placeholder; `{{` and `}}` are literal braces. Shell and JSON use braces as well:
`${HOME}`, `{}` and `{"json": 1}` are plain text.
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
    """The first text in a template that looks like a placeholder but is none; None without one."""
    if "{" not in text:
        return None
    alike = (match[1] for match in _ALIKE.finditer(text) if match[1])
    return next((one for one in alike if not PLACEHOLDER.fullmatch(one)), None)


def in_vain(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Text that looks like a placeholder in a value that is not rendered: its path and itself."""
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


def plain(value: object) -> Any:
    """A value that is not rendered, with doubled braces replaced: `{{a}}` becomes `{a}`."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, str) and ("{{" in value or "}}" in value):
        return value.replace("{{", "{").replace("}}", "}")
    return value


def quoted(placeholder: str) -> str:
    """The literal form of something that looks like a placeholder."""
    return f"{{{placeholder}}}"
