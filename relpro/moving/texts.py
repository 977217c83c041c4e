"""Takes texts of taskgraph, some of which are format strings, gives templates of relpro.

In taskgraph a text is literal until a transform formats it, possibly several times. Until the end a
variable is marked by special characters, so that a text can be formatted again; `template` converts
it.
"""

import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from relpro.model.task import Json
from relpro.values.placeholders import misleading, placeholders

#: Markers around the name of a variable: characters that no file contains.
_OPEN, _CLOSE = "\ue000", "\ue001"
_VARIABLE: Final = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")

#: Returns the replacement of a field such as `matrix[python]`: text with variables, or None.
Lookup = Callable[[str], Any]


def variable_named(name: str) -> str:
    """A text that is the value of a variable of relpro."""
    return f"{_OPEN}{name.replace('_', '-')}{_CLOSE}"


def formatted(text: str, lookup: Lookup, unknown: Callable[[str], None]) -> str:
    """A text formatted like `str.format`; unknown fields are kept and reported."""
    if "{" not in text and "}" not in text:
        return text
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        unknown(text)
        return text
    made = []
    for literal, field, spec, conversion in parts:
        made.append(literal)
        if field is None:
            continue
        value = lookup(field) if not spec and not conversion else None
        if value is None:
            unknown(field)
            value = "{" + field + (f"!{conversion}" if conversion else "")
            value += (f":{spec}" if spec else "") + "}"
        made.append(str(value))
    return "".join(made)


def formatted_all(value: object, lookup: Lookup, unknown: Callable[[str], None]) -> Json:
    """Every text of a value formatted, including keys of mappings."""
    if isinstance(value, str):
        return formatted(value, lookup, unknown)
    if isinstance(value, list):
        return [formatted_all(part, lookup, unknown) for part in value]
    if isinstance(value, Mapping):
        return {
            formatted(key, lookup, unknown): formatted_all(part, lookup, unknown)
            for key, part in value.items()
        }
    return value


def template(value: object) -> Json:
    """A value in relpro's syntax: literal braces are doubled."""
    if isinstance(value, str):
        return "".join(_written(value))
    if isinstance(value, list):
        return [template(part) for part in value]
    if isinstance(value, Mapping):
        return {
            key if key.startswith("by-") else template(key): _alternatives(part)
            if key.startswith("by-") and isinstance(part, Mapping)
            else template(part)
            for key, part in value.items()
        }
    return value


def _alternatives(choices: Mapping[str, object]) -> dict[str, object]:
    """The alternatives of a keyed value; its keys are no templates."""
    return {key: template(part) for key, part in choices.items()}


def _written(text: str) -> Iterator[str]:
    end = 0
    for match in _VARIABLE.finditer(text):
        yield _literal(text[end : match.start()], before_variable=True)
        yield "{" + match[1] + "}"
        end = match.end()
    yield _literal(text[end:])


def _literal(text: str, *, before_variable: bool = False) -> str:
    """A literal text.

    As few braces as possible are doubled, since most belong to shell code.
    """
    made = re.sub(r"\{\{|\}\}", lambda match: match[0] * 2, text)
    if misleading(made) is not None or any(placeholders(made)):
        return text.replace("{", "{{").replace("}", "}}")
    lone = before_variable and (len(text) - len(text.rstrip("{"))) % 2
    return made + "{" if lone else made


def dollars(text: str) -> bool:
    """Whether a variable follows a `$`: relpro would take it for a shell variable."""
    return f"${_OPEN}" in text


def lone_variable(value: object) -> str | None:
    """The name of the variable that is the whole text, if there is one."""
    match = _VARIABLE.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def texts_of(value: object) -> Iterable[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from texts_of(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts_of(part)
