"""Takes a schema and the path of a refused value, gives what the schema expects there, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import voluptuous

from relpro.values.validators import Items, Scalar, Varying, is_keyed

#: The most alternatives that a message lists; if there are more, it lists none.
LISTED = 8

_TYPES: Final[Mapping[Any, str]] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
    dict: "a mapping",
    list: "a list",
}


def schemas_at(schema: Any, data: Any, path: Sequence[Any]) -> tuple[object, ...]:
    """The schemas that may apply to the part of `data` at `path`: several for `Any`."""
    schemas = (schema,)
    steps = list(path)
    while steps:
        if is_keyed(data) and steps[0] in data and any(map(_is_varying, schemas)):
            data = _part(_part(data, steps[0]), steps[1] if steps[1:] else None)
            steps = steps[2:]
            continue
        step = steps.pop(0)
        schemas = tuple(part for inner in alternatives(schemas) for part in _parts(inner, step))
        data = _part(data, step)
    return schemas


def alternatives(schemas: Sequence[object]) -> Iterator[Any]:
    """The schemas themselves, without wrappers (`Any`, `All`, ...)."""
    for schema in schemas:
        if isinstance(schema, Varying | voluptuous.Schema):
            yield from alternatives([schema.schema])
        elif isinstance(schema, voluptuous.Any | voluptuous.All):
            yield from alternatives(schema.validators)
        else:
            yield schema


def known_keys(schemas: Sequence[object]) -> tuple[str, ...]:
    """The keys that mappings of these schemas may have, sorted."""
    mappings = [schema for schema in alternatives(schemas) if isinstance(schema, Mapping)]
    keys = {literal(key) for mapping in mappings for key in mapping}
    return tuple(sorted(key for key in keys if isinstance(key, str)))


def choices(schemas: Sequence[object]) -> tuple[str, ...]:
    """The literal texts that these schemas accept, in their order."""
    return tuple(schema for schema in alternatives(schemas) if isinstance(schema, str))


def expected(schemas: Sequence[object]) -> str:
    """What these schemas accept, in words that follow "must be"; empty if unknown."""
    every = list(alternatives(schemas))
    words = [str(one) for one in every if isinstance(one, str | int) and not isinstance(one, bool)]
    listed = [_listed(words)] if words else []
    listed += dict.fromkeys(filter(None, map(_phrase, every)))
    if None in every:
        listed.append("null")
    return " or ".join(filter(None, (", ".join(listed[:-1]), *listed[-1:])))


def literal(key: object) -> object:
    """The key without its marker (`Required`, `Optional`)."""
    return key.schema if isinstance(key, voluptuous.Marker) else key


def _is_varying(schema: object) -> bool:
    if isinstance(schema, voluptuous.Schema):
        return _is_varying(schema.schema)
    if isinstance(schema, voluptuous.Any | voluptuous.All):
        return any(map(_is_varying, schema.validators))
    return isinstance(schema, Varying)


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return f"`{words[0]}`"
    shown = ", ".join(f"`{word}`" for word in words[:LISTED])
    return f"one of {shown}{', ...' if len(words) > LISTED else ''}"


def _phrase(schema: object) -> str:
    if isinstance(schema, Scalar):
        return schema.expected
    if isinstance(schema, Mapping):
        return "a mapping"
    if isinstance(schema, list | Items):
        return "a list"
    return _TYPES.get(schema, "") if isinstance(schema, type) else ""


def _parts(schema: object, step: object) -> Iterator[Any]:
    if isinstance(schema, Items):
        yield schema.item
    elif isinstance(schema, list):
        yield from schema
    elif isinstance(schema, Mapping):
        exact = [part for key, part in schema.items() if literal(key) == step]
        free = [part for key, part in schema.items() if callable(literal(key))]
        yield from exact or (free if isinstance(step, str) else ())


def value_at(data: object, path: Sequence[object]) -> object:
    """The part of `data` at `path`; None if there is none."""
    for step in path:
        data = _part(data, step)
    return data


def _part(data: Any, step: Any) -> object:
    try:
        return data[step]
    except (LookupError, TypeError):
        return None
