"""Takes a draft and the release around it, gives the variables of its templates.

A name is looked up in the entry's own `attributes`, then in the variables that expanders set, then
in the release: the project's variables, facts derived from the parameters, the parameters, and
parts of parameters that are mappings: `{release-history.linux64}`. Values are rendered when first
used, so each may use the others.
"""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any, cast

import attrs

from relpro.errors import Diagnostic, raise_all
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.release_types import KEY as TABLE
from relpro.model.task import Draft
from relpro.transform.compiler import compile_template
from relpro.transform.template import (
    Template,
    UnknownVariable,
    Unrenderable,
    variable,
    written,
)
from relpro.transform.versions import version_facts

Value = Any


#: The value of a name: a template, or a constant.
Found = tuple[Template | None, Value]


@attrs.frozen(eq=False, repr=False)
class Release:
    """The variables that are the same for every task of a generation.

    `values` are those of the parameters, and facts derived from them. `variables` are keyed values
    of the configuration, and `written` their source. `optional` are the attributes that a task may
    lack, by name: a template gets None for them, not an error. If this is a view, `whole` is what
    it is a view of.
    """

    values: Mapping[str, Value]
    variables: Mapping[str, Template]
    optional: Mapping[str, Value]
    written: Mapping[str, Value]
    _whole: "Release | None" = None
    _found: dict[str, Found | None] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, parameters: Parameters, config: GraphConfig) -> "Release":
        """The variables from parameters and configuration.

        Raises `RelproError`: P501 for a version that does not parse, K201 and K203 for malformed
        variables.
        """
        return cls(
            # Not merged into one dictionary, so that each lookup of a parameter is recorded.
            ChainMap(derived(parameters, config), cast("dict[str, Value]", parameters.values)),
            _compiled(config),
            {variable(name): None for name in config.attributes},
            {variable(name): value for name, value in config.variables.items()},
        )

    @property
    def names(self) -> frozenset[str]:
        """Every known name, for messages; a view does not record this."""
        one = self._whole or self
        return frozenset().union(one.written, one.values, one.optional)

    def find(self, name: str) -> Found | None:
        """The template or the value of a variable; None for an unknown name."""
        if name not in self._found:
            self._found[name] = self._sought(name)
        return self._found[name]

    def _sought(self, name: str) -> Found | None:
        if name in self.written:
            return self.variables[name], None
        if name in self.values:
            return None, self.values[name]
        if name in self.optional:
            return None, None
        return _part(*name.partition("."), self.values) if "." in name else None


def _part(first: str, _dot: str, path: str, values: Mapping[str, Value]) -> Found | None:
    """What a parameter holds below a path of keys: `linux64.de` of `release_history`."""
    found: Value = values.get(first)
    for step in path.split("."):
        inner = found.items() if isinstance(found, Mapping) else ()
        parts = {variable(str(key)): part for key, part in inner}
        if step not in parts:
            return None
        found = parts[step]
    return None, found


def _compiled(config: GraphConfig) -> Mapping[str, Template]:
    templates: dict[str, Template] = {}
    problems: list[Diagnostic] = []
    for name, value in config.variables.items():
        # A column of the table of release types is a variable as well.
        columns = name in config.release_types.columns
        path = (TABLE, "columns", name) if columns else ("variables", name)
        try:
            templates[variable(name)] = compile_template(value, path)
        except Unrenderable as problem:
            where = (config.locations.origin(*problem.path),)
            what, context = problem.what, f"variable `{name}`"
            problems.append(Diagnostic(problem.code, what, where, context, remedy=problem.remedy))
    raise_all(problems)
    return templates


def derived(parameters: Parameters, config: GraphConfig) -> dict[str, Value]:
    """Facts derived from the parameters, by the names that templates use.

    `release_level` is `production` or `staging`; the version adds facts of its own. Raises
    `RelproError` (P501) for a version that does not parse.
    """
    return {
        "trust_domain": config.trust_domain,
        "release_level": config.release_level(parameters.project, parameters.level),
        "scope_prefix": config.scope_prefix,
        **version_facts(parameters.version, config),
    }


_NONE: Mapping[str, Value] = {}


class TaskScope(dict[str, Value]):
    """The variables of one draft. Raises `Unrenderable` (T401) for an unknown name.

    It contains the values of the draft; the others are added when they are first used: the
    attributes of the entry (`fixed` are those that do not vary) and the variables of the release.
    """

    __slots__ = ("_attributes", "_draft", "_open", "_release")

    def __init__(
        self,
        kind: str,
        draft: Draft,
        attributes: Mapping[str, Template],
        release: Release,
        fixed: Mapping[str, Value] = _NONE,
    ) -> None:
        super().__init__(draft.attributes)
        self.update(draft.variables)
        for name in attributes:
            self.pop(name, None)
        self.update(fixed, kind=kind, name=draft.name)
        self._draft = draft
        self._attributes = attributes
        self._release = release
        self._open: list[Template] = []

    def __missing__(self, name: str) -> Value:
        # While an attribute is rendered, its own name means the value from the next source, which
        # must not be cached as the attribute's.
        attribute = self._attributes.get(name)
        value = self._find(name, attribute)
        if attribute not in self._open:
            self[name] = value
        return value

    def _find(self, name: str, attribute: Template | None) -> Value:
        if attribute is not None:
            if attribute not in self._open:
                return self._render(attribute)
            draft = self._draft
            if name in draft.variables:
                return draft.variables[name]
            if name in draft.attributes:
                return draft.attributes[name]
        found = self._release.find(name)
        if found is None:
            raise self._unknown(name)
        template, value = found
        return value if template is None else self._variable(name, template)

    def _variable(self, name: str, template: Template) -> Value:
        """A variable of the configuration; an error in it is reported where it is used."""
        if template in self._open:
            raise Unrenderable("T401", f"variable `{written(name)}` refers to itself")
        self._open.append(template)
        try:
            return template.render(self)
        except Unrenderable as problem:
            what = f"variable `{written(name)}`: {problem.what}"
            raise Unrenderable(problem.code, what, remedy=problem.remedy) from None
        finally:
            self._open.pop()

    def _render(self, template: Template) -> Value:
        self._open.append(template)
        try:
            return template.render(self)
        finally:
            self._open.pop()

    def _unknown(self, name: str) -> Unrenderable:
        if name in self._attributes:
            return Unrenderable("T401", f"attribute `{written(name)}` refers to itself")
        return UnknownVariable(name, self.names())

    def names(self) -> tuple[str, ...]:
        """Every variable that a template can use here, sorted."""
        release = self._release
        sources = (
            self,
            self._attributes,
            self._draft.variables,
            self._draft.attributes,
            release.names,
        )
        return tuple(sorted({name for source in sources for name in source}))
