"""Takes what a template gave for a schema, tells what does not fit.

What is written is checked when it is loaded. A text with placeholders stays text; a placeholder
alone keeps the type of its variable, so that only what has one needs another look.
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
    """Whether some value in a template is a placeholder alone, which can become anything."""
    return any(True for _ in lone_variables(template))


def lone_variables(template: Template) -> Iterator[str]:
    """The variables of the placeholders that stand alone in a template."""
    if isinstance(template, Variable):
        yield template.name
    for part in _parts(template):
        yield from lone_variables(part)


def choosing_attributes(template: Template) -> Iterator[str]:
    """What tells which of the alternatives that have such placeholders is chosen."""
    if isinstance(template, Keyed) and keeps_a_type(template):
        yield template.attribute
    for part in _parts(template):
        yield from choosing_attributes(part)


def _parts(template: Template) -> Iterator[Template]:
    """The templates that a template is made of, or chooses from."""
    match template:
        case Collection():
            yield from (part for _, part in template.varying)
        case Keyed():
            yield from template.exact.values()
            if template.default is not None:
                yield template.default
        case Renamed():
            yield from template.parts


def fits(schema: voluptuous.Schema, value: Any) -> bool:
    """Whether a schema takes a rendered value; one with tuples for lists it may not."""
    try:
        schema(value)
    except voluptuous.Invalid:
        return False
    return True


def misfits(
    schema: voluptuous.Schema, value: Any, origin_of: OriginOf, context: str
) -> Iterator[Diagnostic]:
    """What a schema does not take of a rendered value (T403).

    Inside it, also keys that are missing (K202) or unknown (K203). See `check` for the arguments.
    """
    for found in check(schema, _as_written(value), origin_of, context):
        wrong = found.code == "K201"
        yield attrs.evolve(found, code="T403", remedy=_REMEDY) if wrong else found


@attrs.frozen(eq=False, repr=False)
class Doubtful:
    """A section of an entry of which only rendering tells whether it holds what it should.

    That hangs on the types of the `variables` that stand alone in it, and on the values of
    `attributes` that choose among alternatives with such variables: it is looked at once for each
    combination of them. Which words there may be is for its transform to say.
    """

    section: Section
    variables: tuple[str, ...]
    attributes: tuple[str, ...]
    _fitting: dict[tuple[object, ...], Any] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, section: Section, template: Template) -> "Doubtful | None":
        """The section with its template; None where it cannot but hold what it should."""
        variables = tuple(dict.fromkeys(lone_variables(template)))
        attributes = tuple(dict.fromkeys(choosing_attributes(template)))
        return cls(section, variables, attributes) if variables else None

    def demand(self, value: Any, scope: Scope, entry: Entry) -> None:
        """Raise `RelproError` (T403, K202, K203) where the rendered `value` is not what it should.

        `scope` has the variables of the task, `entry` is where the section is written.
        """
        types = (_type_of(name, scope) for name in self.variables)
        key = (*types, *(_value_of(name, scope) for name in self.attributes))
        if key in self._fitting:
            return
        if not fits(self.section.strict, value):
            origin_of = partial(entry.origin, self.section.name)
            context = f"task `{scope['name']}` of kind `{scope['kind']}`"
            raise_all(misfits(self.section.strict, value, origin_of, context))
        # The value is held, so that nothing in it can lose its identity to another.
        self._fitting[key] = value


def _type_of(name: str, scope: Scope) -> object:
    """What of a variable tells whether it fits: a list or mapping is told apart by identity."""
    try:
        value = scope[name]
    except Unrenderable:  # it stands in an alternative that was not chosen
        return None
    return id(value) if isinstance(value, list | dict) else type(value)


def _value_of(name: str, scope: Scope) -> object:
    """The value of an attribute that chooses, as it is compared with the keys of alternatives."""
    try:
        value = scope[name]
    except Unrenderable:
        return None
    return id(value) if isinstance(value, list | dict) else as_key(value)


def _as_written(value: Any) -> Any:
    """The same in lists and dicts, as YAML has them: transforms may give tuples."""
    if isinstance(value, Mapping):
        return {key: _as_written(item) for key, item in value.items()}
    return [_as_written(item) for item in value] if isinstance(value, list | tuple) else value
