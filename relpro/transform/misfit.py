"""Takes a rendered value and its schema, reports what does not fit.

Values are checked as written when they are loaded. A text with placeholders stays text, but a lone
placeholder keeps the type of its variable, so values with lone placeholders are checked again.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import attrs
import voluptuous

from relpro.errors import Diagnostic, raise_all
from relpro.model.kind import Entry
from relpro.transform.section import Section
from relpro.transform.template import (
    Collection,
    Keyed,
    Renamed,
    Scope,
    Template,
    Unrenderable,
    Variable,
    as_key,
)
from relpro.values.check import OriginOf, check

_REMEDY = "a placeholder alone keeps the type of its variable: mend that, or what a transform gave"


def keeps_a_type(template: Template) -> bool:
    """Whether a template contains a lone placeholder, which can become any type."""
    return any(True for _ in lone_variables(template))


def lone_variables(template: Template) -> Iterator[str]:
    """The variables of the lone placeholders in a template."""
    if isinstance(template, Variable):
        yield template.name
    for part in _parts(template):
        yield from lone_variables(part)


def choosing_attributes(template: Template) -> Iterator[str]:
    """The attributes that choose among alternatives with lone placeholders."""
    if isinstance(template, Keyed) and keeps_a_type(template):
        yield template.attribute
    for part in _parts(template):
        yield from choosing_attributes(part)


def _parts(template: Template) -> Iterator[Template]:
    """The parts of a template, or its alternatives."""
    match template:
        case Collection():
            yield from (part for _, part in template.varying)
        case Keyed():
            yield from template.exact.values()
            if template.default is not None:
                yield template.default
        case Renamed():
            yield from template.parts


def fits(schema: voluptuous.Schema, value: object) -> bool:
    """Whether a rendered value fits a schema; a value with tuples in place of lists may not."""
    try:
        schema(value)
    except voluptuous.Invalid:
        return False
    return True


def misfits(
    schema: voluptuous.Schema, value: object, origin_of: OriginOf, context: str
) -> Iterator[Diagnostic]:
    """What does not fit a schema in a rendered value (T403).

    Nested keys that are missing (K202) or unknown (K203) are reported, too. The arguments are those
    of `relpro.values.check`.
    """
    for found in check(schema, _as_written(value), origin_of, context):
        wrong = found.code == "K201"
        yield attrs.evolve(found, code="T403", remedy=_REMEDY) if wrong else found


@attrs.frozen(eq=False, repr=False)
class Doubtful:
    """A section of an entry that must be checked again after rendering.

    The result depends on the types of the `variables` that are lone placeholders, and on the values
    of `attributes` that choose among alternatives with such placeholders: each combination is
    checked once. Which words are allowed is for the transform to check.
    """

    section: Section
    variables: tuple[str, ...]
    attributes: tuple[str, ...]
    _fitting: dict[tuple[object, ...], Any] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, section: Section, template: Template) -> "Doubtful | None":
        """The section with its template; None if every rendered value fits."""
        variables = tuple(dict.fromkeys(lone_variables(template)))
        attributes = tuple(dict.fromkeys(choosing_attributes(template)))
        return cls(section, variables, attributes) if variables else None

    def demand(self, value: object, scope: Scope, entry: Entry) -> None:
        """Raise `RelproError` (T403, K202, K203) if the rendered `value` does not fit.

        `scope` has the variables of the task; `entry` gives the places of the section.
        """
        types = (_type_of(name, scope) for name in self.variables)
        key = (*types, *(_value_of(name, scope) for name in self.attributes))
        if key in self._fitting:
            return
        if not fits(self.section.strict, value):
            origin_of = partial(entry.origin, self.section.name)
            context = f"task `{scope['name']}` of kind `{scope['kind']}`"
            raise_all(misfits(self.section.strict, value, origin_of, context))
        # The value is held, so that the identity of its parts is not reused.
        self._fitting[key] = value


def _type_of(name: str, scope: Scope) -> object:
    """The property of a variable that decides whether it fits: type, or identity of a container."""
    try:
        value = scope[name]
    except Unrenderable:  # it is in an alternative that was not chosen
        return None
    return id(value) if isinstance(value, list | dict) else type(value)


def _value_of(name: str, scope: Scope) -> object:
    """The value of a choosing attribute, as it is compared with the keys of alternatives."""
    try:
        value = scope[name]
    except Unrenderable:
        return None
    return id(value) if isinstance(value, list | dict) else as_key(value)


def _as_written(value: object) -> object:
    """The value with lists and dicts, as in YAML: transforms may set tuples."""
    if isinstance(value, Mapping):
        return {key: _as_written(item) for key, item in value.items()}
    return [_as_written(item) for item in value] if isinstance(value, list | tuple) else value
