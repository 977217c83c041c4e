"""Takes values as people write them, gives templates: compiled once, rendered for each task."""

from collections.abc import Mapping, Sequence
from typing import Any

from relpro.transform.template import (
    Collection,
    Constant,
    Keyed,
    Path,
    Renamed,
    Template,
    Text,
    Unrenderable,
    Value,
    Variable,
    as_key,
    variable,
)
from relpro.values.patterns import Pattern, fault_of
from relpro.values.placeholders import PLACEHOLDER, misleading, placeholders, quoted
from relpro.values.validators import beside_choice, lone_choice
from relpro.values.wording import in_quotes, shown, with_alternatives, written

_REGEX_SIGNS = frozenset(".*+?|()[]\\^$")


def compile_template(value: Value, path: Path = ()) -> Template:
    """Compile a value. `path` is its path, for error messages."""
    if isinstance(value, str):
        return _compile_text(value, path)
    if isinstance(value, Mapping):
        _demand_mapping(value, path)
        if (attribute := keyed_by(value)) is not None:
            return _compile_keyed(attribute, value, path)
        return _compile_mapping(value, path)
    if isinstance(value, list | tuple):
        parts = tuple(compile_template(item, (*path, i)) for i, item in enumerate(value))
        return _collection(None, parts)
    return Constant(value)


def keyed_by(value: Value) -> str | None:
    """The attribute by which a mapping is keyed (`by-level` -> `level`), or None."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    (key,) = value
    if isinstance(key, str) and key.startswith("by-") and isinstance(value[key], Mapping):
        return variable(key[3:])
    return None


def _compile_text(text: str, path: Path) -> Template:
    if "{" not in text and "}}" not in text:
        return Constant(text)
    if (alike := misleading(text)) is not None:
        what = f"`{alike}` looks like a placeholder but is not one"
        remedy = (
            f"names are as in `{{build-platform}}`; for the text itself write `{quoted(alike)}`"
        )
        raise Unrenderable("K215", what, path, remedy)
    parts, literal, end = [], "", 0
    for match in PLACEHOLDER.finditer(text):
        literal += text[end : match.start()]
        end = match.end()
        if match[1]:
            parts += [literal, variable(match[1])]
            literal = ""
        else:
            literal += match[0][0]
    literal += text[end:]
    if not parts:
        return Constant(literal)
    if len(parts) == 2 and not parts[0] and not literal:
        return Variable(parts[1], path)
    return Text((*parts, literal), path)


def _compile_keyed(attribute: str, value: Mapping[str, Value], path: Path) -> Keyed:
    ((word, alternatives),) = value.items()
    exact, patterns, default = {}, [], None
    for key, alternative in alternatives.items():
        text = as_key(key)
        if any(placeholders(text)):
            what = f"`{text}` is a key of `{word}`, and those are no templates"
            remedy = "name a value, or a pattern for it: `\\{` is a brace"
            raise Unrenderable("K215", what, (*path, word), remedy)
        template = compile_template(alternative, (*path, word, key))
        if text == "default":
            default = template
            continue
        exact[text] = template
        if not _REGEX_SIGNS.isdisjoint(text):
            patterns.append((_pattern(text, (*path, word)), template))
    every = [*exact.values(), *([default] if default else [])]
    names = _names(every, first=(attribute,))
    return Keyed(attribute, exact, tuple(patterns), default, names, path)


def _pattern(text: str, path: Path) -> Pattern:
    if fault := fault_of(text):
        raise Unrenderable("K201", fault, path)
    return Pattern.of(text)


def _demand_mapping(value: Mapping[Any, Value], path: Path) -> None:
    """Raise `Unrenderable` for keys that are not text, and for malformed keyed values."""
    for key in value:
        if not isinstance(key, str):
            what = f"key `{written(key)}` must be text"
            raise Unrenderable("K203", what, (*path, key), in_quotes(key))
    word = lone_choice(value)
    if word is not None and not (isinstance(value[word], Mapping) and value[word]):
        what = f"`{word}` must have alternatives, got {shown(value[word])}"
        raise Unrenderable("K201", what, (*path, word), with_alternatives(word))
    if (misplaced := beside_choice(value)) is not None:
        key, word = misplaced
        what = f"`{key}` must stand below `{word}`, not beside it"
        raise Unrenderable("K203", what, (*path, key), with_alternatives(word))


def _compile_mapping(value: Mapping[str, Value], path: Path) -> Template:
    keys = tuple(_compile_text(key, path) for key in value)
    parts = tuple(compile_template(item, (*path, key)) for key, item in value.items())
    if any(key.names for key in keys):
        return Renamed(keys, parts, _names([*keys, *parts]))
    literal = tuple(key.render({}) for key in keys)
    return _collection(literal, parts)


def _collection(keys: tuple[str, ...] | None, parts: tuple[Template, ...]) -> Template:
    values = [part.value if isinstance(part, Constant) else None for part in parts]
    outline: Any = values if keys is None else dict(zip(keys, values, strict=True))
    places = range(len(parts)) if keys is None else keys
    varying = tuple(
        (place, part)
        for place, part in zip(places, parts, strict=True)
        if not isinstance(part, Constant)
    )
    return Collection(outline, varying, _names(parts)) if varying else Constant(outline)


def _names(templates: Sequence[Template], first: tuple[str, ...] = ()) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *(name for t in templates for name in t.names)]))
