"""Takes an entry as written, gives its templates; finds every wrong key and value in it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import attrs
import voluptuous
from voluptuous import Optional

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.model.config import PRIORITIES
from relpro.model.kind import Entry
from relpro.model.nearest import nearest
from relpro.model.phase import PHASES
from relpro.model.task import TaskDescription
from relpro.transform.compiler import compile_template
from relpro.transform.misfit import Doubtful
from relpro.transform.rendered import HOLDS
from relpro.transform.section import Section
from relpro.transform.template import Constant, Template, Unrenderable, variable
from relpro.values import OneOf, check, duration, flag, templated, text, whole_number
from relpro.values.names import place_kind, regular_expression, task_name
from relpro.values.validators import WrongKey

_texts = [text]
_patterns = [regular_expression]

#: The keys of an entry that the engine itself reads, and their schemas.
FIELDS: Mapping[str, Any] = {
    "name": task_name,
    "label": task_name,
    "description": text,
    "attributes": {str: object},
    "only-when": {str: [object]},
    "dependencies": {str: text},
    "soft-dependencies": _texts,
    "if-dependencies": _texts,
    "requires": OneOf("all-completed", "all-resolved"),
    "worker-type": text,
    "worker": dict,
    "scopes": _texts,
    "routes": _texts,
    "extra": dict,
    "tags": {str: text},
    "treeherder": OneOf(
        None,
        {
            Optional("symbol"): text,
            Optional("platform"): text,
            Optional("kind"): OneOf("build", "test", "other"),
            Optional("tier"): whole_number,
        },
    ),
    "index": OneOf(
        None,
        {
            Optional("product"): text,
            Optional("job-name"): text,
            Optional("type"): text,
            Optional("rank"): OneOf("by-tier", "build_date", whole_number),
            Optional("locales"): object,
        },
    ),
    "priority": OneOf(None, *PRIORITIES),
    "deadline-after": duration,
    "expires-after": duration,
    "retries": whole_number,
    "project-id": text,
    "optimization": OneOf(None, dict),
    "effects": {Optional(part): {place_kind: _texts} for part in ("writes", "reads", "outside")},
    "run-on-projects": _texts,
    "run-on-tasks-for": _texts,
    "run-on-hg-branches": _patterns,
    "run-on-git-branches": _patterns,
    "shipping-phase": OneOf(None, *PHASES),
    "shipping-product": OneOf(None, text),
    "always-target": flag,
}

#: Fields that become attributes of the task, which filters and target methods read.
ATTRIBUTE_FIELDS = (
    "run-on-projects",
    "run-on-tasks-for",
    "run-on-hg-branches",
    "run-on-git-branches",
    "shipping-phase",
    "shipping-product",
    "always-target",
)

#: Fields that are set before a task is rendered, or have no value of their own.
_EARLY = frozenset({"attributes", "only-when", *ATTRIBUTE_FIELDS})

_REQUIRED = ("description", "worker-type")

#: Fields whose value is a tuple.
_TUPLES = frozenset({"soft-dependencies", "if-dependencies", "scopes", "routes"})
#: The same, with the field names of a task description.
TUPLE_FIELDS = frozenset(variable(name) for name in _TUPLES)


def _own_name(name: object) -> object:
    """The schema of a name in an entry; the mapping around it can be neither template nor keyed."""
    if not isinstance(name, str):
        raise WrongKey("must be text")
    if name.startswith("by-"):
        raise voluptuous.Invalid("cannot stand for the whole mapping")
    return name


_CHECKED = {
    **{name: voluptuous.Schema(templated(schema)) for name, schema in FIELDS.items()},
    "attributes": voluptuous.Schema({_own_name: templated(object)}),
    "only-when": voluptuous.Schema({_own_name: templated([object])}),
}


#: The empty description, of which all descriptions are copies.
_NOTHING = TaskDescription("", "", "", "", Origin(""), {}, "")


@attrs.frozen(eq=False, repr=False)
class CompiledEntry:
    """An entry whose values are templates.

    `attributes` are the entry's own attributes and fields that become attributes; `fixed` are the
    values of those that are the same for every task, `demanding` those that are checked after
    rendering. `conditions` are `only-when`; `sections` are the keys that transforms own. Of the
    keys that the engine reads, `outline` has the values that are the same for every task, `varying`
    the templates of the others, by field name of a task description. `missing` are missing required
    keys. `doubtful` are the sections whose rendered values must be checked again.
    """

    entry: Entry
    attributes: Mapping[str, Template]
    fixed: Mapping[str, Any]
    demanding: tuple[str, ...]
    outline: TaskDescription
    varying: tuple[tuple[str, Template], ...]
    sections: Mapping[str, Template]
    conditions: Mapping[str, Template]
    missing: tuple[str, ...]
    doubtful: Mapping[str, Doubtful]


def compile_entry(entry: Entry, owned: Iterable[Section] = ()) -> CompiledEntry:
    """The templates of a checked entry. `owned` are the sections of its kind's chain.

    Raises `Unrenderable` for a broken pattern.
    """
    data = entry.data
    fields = {
        variable(name): _field(name, value)
        for name, value in data.items()
        if name in FIELDS and name not in _EARLY
    }
    attributes = _attributes(data)
    sections = {
        name: compile_template(value, (name,)) for name, value in data.items() if name not in FIELDS
    }
    return CompiledEntry(
        entry,
        attributes=attributes,
        fixed=_constants(attributes),
        demanding=tuple(name for name in attributes if name in HOLDS),
        outline=_NOTHING.filled_in({"origin": entry.origin(), **_constants(fields)}),
        varying=tuple((n, t) for n, t in fields.items() if not isinstance(t, Constant)),
        sections=sections,
        conditions={
            variable(name): compile_template(value, ("only-when", name))
            for name, value in data.get("only-when", {}).items()
        },
        missing=tuple(name for name in _REQUIRED if name not in data),
        doubtful={
            section.name: doubtful
            for section in owned
            if section.name in sections
            and (doubtful := Doubtful.of(section, sections[section.name])) is not None
        },
    )


def _constants(templates: Mapping[str, Template]) -> dict[str, object]:
    return {name: t.value for name, t in templates.items() if isinstance(t, Constant)}


def _field(name: str, value: object) -> Template:
    template = compile_template(value, (name,))
    if name in _TUPLES and isinstance(template, Constant):
        return Constant(tuple(template.value))
    return template


def _attributes(data: Mapping[str, Any]) -> Mapping[str, Template]:
    own = {
        variable(name): compile_template(value, ("attributes", name))
        for name, value in data.get("attributes", {}).items()
    }
    for name in ATTRIBUTE_FIELDS:
        if name in data:
            own[variable(name)] = compile_template(data[name], (name,))
    return own


def checked_entry(
    entry: Entry,
    sections: Iterable[Section],
    closer: Mapping[str, voluptuous.Schema] = MappingProxyType({}),
    owners: Mapping[str, str] = MappingProxyType({}),
) -> CompiledEntry:
    """The templates of an entry of a kind whose chain owns `sections`.

    `closer` are schemas that are stricter than the engine's, for keys such as `worker`, whose
    implementation the project decides. `owners` maps a section that the chain lacks to the
    transform that owns it. Raises one `RelproError` with everything that is wrong with the entry.
    """
    raise_all(_ill_formed(entry, sections, closer, owners))
    try:
        return compile_entry(entry, sections)
    except Unrenderable as problem:
        where, context = (entry.origin(*problem.path),), f"task `{entry.name}`"
        raise RelproError(
            Diagnostic(problem.code, problem.what, where, context, remedy=problem.remedy)
        ) from None


def _ill_formed(
    entry: Entry,
    sections: Iterable[Section],
    closer: Mapping[str, voluptuous.Schema],
    owners: Mapping[str, str],
) -> Iterator[Diagnostic]:
    owned = {section.name: section for section in sections}
    context = f"task `{entry.name}`"
    keys = _keys(tuple(owned.values()))
    for found in check(keys, entry.data, entry.origin, context):
        yield _with_owner(found, owners) if found.code == "K203" else found
    for name, value in entry.data.items():
        inner = closer.get(name) or _CHECKED.get(name)
        if inner is None and name in owned:
            inner = owned[name].compiled
        if inner is not None:
            yield from check(
                inner, value, lambda *path, _name=name: entry.origin(_name, *path), context
            )


def _with_owner(unknown: Diagnostic, owners: Mapping[str, str]) -> Diagnostic:
    """The diagnostic of an unknown key; for a section, with the transform that must be added."""
    key = str(unknown.where[0].path[-1])
    if (owner := owners.get(key)) is not None:
        return attrs.evolve(unknown, remedy=f"add `{owner}` to `transforms`")
    close = None if unknown.remedy else nearest(key, owners)
    if close is None:
        return unknown
    return attrs.evolve(unknown, remedy=f"did you mean `{close}`, of `{owners[close]}`?")


_OF_FIELDS: Mapping[Any, Any] = {Optional(name): object for name in FIELDS}


@cache
def _keys(sections: tuple[Section, ...]) -> voluptuous.Schema:
    """The allowed and the required keys of an entry; the same for a whole kind."""
    schema: dict[Any, Any] = dict(_OF_FIELDS)
    for section in sections:
        key = voluptuous.Required if section.required else Optional
        schema[key(section.name)] = object
    return voluptuous.Schema(schema)
