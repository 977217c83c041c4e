"""Takes a keyed value of the configuration, gives its value for the release or for one task."""

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig
from relpro.model.task import Draft, TaskDescription
from relpro.transform.compiler import compile_template
from relpro.transform.rendered import complaint
from relpro.transform.scope import Release, TaskScope
from relpro.transform.template import Template, Unrenderable, Value


def release_scope(release: Release) -> TaskScope:
    """The variables of a release, apart from any task."""
    return TaskScope("", Draft("", Origin(""), {}, {}, {}), {}, release)


def misconfigured(problem: Unrenderable, name: str, *where: Origin) -> RelproError:
    """The error for a configuration value called `name` that cannot be rendered."""
    what = f"`{name}`: {problem.what}"
    return RelproError(Diagnostic(problem.code, what, where, remedy=problem.remedy))


def for_release(name: str, written: Value, release: Release, origin: Origin) -> Value:
    """The value of `written` for the release. Raises `RelproError` (T401 to T403)."""
    try:
        return compile_template(written).render(release_scope(release))
    except Unrenderable as problem:
        raise misconfigured(problem, name, origin) from None


#: Names that every task has, and that the release may have too.
_OF_TASKS = frozenset({"kind", "name", "shipping_phase", "shipping_product"})


@attrs.frozen
class Setting:
    """A keyed value that may depend on attributes of the task as well as on the release.

    `value` applies to every task that has none of the attributes in `names`; it is None if the
    value depends on something that only tasks have. `name` and `origin` are those of the setting,
    `field` is the field of a task for which it is the default.
    """

    name: str
    field: str
    origin: Origin
    template: Template
    names: frozenset[str]
    value: Value

    @classmethod
    def of(cls, field: str, written: Value, release: Release, config: GraphConfig) -> "Setting":
        """The setting for a field, from its `written` value.

        Raises `RelproError` (T401 to T403).
        """
        name = f"task-{field.replace('_', '-')}"
        origin = config.locations.origin(name)
        try:
            template = compile_template(written)
        except Unrenderable as problem:
            raise misconfigured(problem, name, origin) from None
        names = frozenset(template.names)
        fixed = names.isdisjoint(_OF_TASKS) and all(map(release.find, names))
        value = for_release(name, written, release, origin) if fixed else None
        made = cls(name, field, origin, template, names, value)
        return made if value is None else attrs.evolve(made, value=made.checked(value))

    def of_task(self, description: TaskDescription, release: Release) -> Value:
        """The value for one task. Raises `RelproError` (T401 to T403)."""
        if self.value is not None and self.names.isdisjoint(description.attributes):
            return self.value
        draft = Draft(description.name, description.origin, description.attributes, {}, {})
        try:
            value = self.template.render(TaskScope(description.kind, draft, {}, release))
        except Unrenderable as problem:
            raise misconfigured(problem, self.name, self.origin, description.origin) from None
        return self.checked(value)

    def checked(self, value: Value) -> Value:
        """The value, if it fits the field. Raises `RelproError` (T403)."""
        if what := complaint(self.field, value, self.name):
            raise RelproError(Diagnostic("T403", what, (self.origin,)))
        return value
