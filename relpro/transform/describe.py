"""Takes a draft and the templates of its entry, gives the rendered task description."""

from collections.abc import Mapping
from typing import Any

from relpro.model.kind import Kind
from relpro.model.label import label_of
from relpro.model.task import Draft, Json, Skipped, TaskDescription
from relpro.transform.entry import TUPLE_FIELDS, CompiledEntry
from relpro.transform.rendered import demand
from relpro.transform.scope import TaskScope
from relpro.transform.template import Unrenderable, as_key, written
from relpro.values.patterns import NoPattern, Pattern
from relpro.values.wording import shown

Value = Any


def unmet(conditions: Mapping[str, object], scope: TaskScope) -> str:
    """Why an `only-when` leaves a task out of this release; empty if all its conditions are met.

    A condition is met if the variable equals one of the values, or if one of them, as a regular
    expression, matches all of it. Every condition that is not met is named.
    """
    reasons: list[str] = []
    for name, template in conditions.items():
        try:
            if not _is_met(name, template, scope):
                reasons.append(f"`{written(name)}` is {_shown(scope[name])}")
        except Unrenderable:
            # A release that fails the first conditions may lack the variables of later ones.
            if not reasons:
                raise
    return ", and ".join(reasons)


def _is_met(name: str, template: Json, scope: TaskScope) -> bool:
    value, choices = scope[name], template.render(scope)
    if not isinstance(choices, list):
        what = f"`{written(name)}` must be a list, and is rendered to {shown(choices)}"
        raise Unrenderable("T403", what, ("only-when", written(name)))
    try:
        return any(_fits(value, wanted) for wanted in choices)
    except NoPattern as error:
        what = f"a pattern is not a regular expression: {error}"
        raise Unrenderable("K201", what, ("only-when", written(name))) from None


def _fits(value: Value, wanted: Value) -> bool:
    if value == wanted and isinstance(value, bool) == isinstance(wanted, bool):
        return True
    if not isinstance(wanted, str) or value is None:
        return False
    return Pattern.of(wanted).fullmatch(as_key(value))


def _shown(value: Value) -> str:
    return "not set" if value is None or value == "" else f"`{as_key(value)}`"


def describe(
    kind: Kind, compiled: CompiledEntry, draft: Draft, scope: TaskScope
) -> TaskDescription | Skipped:
    """Render every field and section of the entry for one draft. Raises `Unrenderable`."""
    if compiled.conditions and (reason := unmet(compiled.conditions, scope)):
        return Skipped(draft.name, reason, would_be_label(kind, compiled, draft, scope))
    if compiled.missing:
        raise Unrenderable("K202", f"required key `{compiled.missing[0]}` is missing")
    attributes = {
        "shipping_phase": kind.phase.value,
        "shipping_product": None,
        **draft.attributes,
        **{name: scope[name] for name in compiled.attributes},
    }
    for name in compiled.demanding:
        demand(name, attributes[name])
    fields: dict[str, Any] = {}
    for name, template in compiled.varying:
        value = template.render(scope)
        demand(name, value)
        fields[name] = tuple(value) if name in TUPLE_FIELDS else value
    fields["kind"] = kind.name
    fields["name"], fields["label"] = _name_and_label(kind, compiled, draft, fields)
    fields["origin"] = draft.origin
    fields["attributes"] = attributes
    fields["upstream"] = draft.upstream
    fields["sections"] = {name: part.render(scope) for name, part in compiled.sections.items()}
    for name, doubtful in compiled.doubtful.items():
        doubtful.demand(fields["sections"][name], scope, compiled.entry)
    return compiled.outline.filled_in(fields)


def _name_and_label(
    kind: Kind, compiled: CompiledEntry, draft: Draft, fields: Mapping[str, Any]
) -> tuple[str, str]:
    outline = compiled.outline
    name = fields.get("name") or outline.name or draft.name
    return name, fields.get("label") or outline.label or label_of(kind.name, name)


def would_be_label(kind: Kind, compiled: CompiledEntry, draft: Draft, scope: TaskScope) -> str:
    """The label of a task that is not made, for `Skipped`; empty if it cannot be rendered."""
    naming = [one for one in compiled.varying if one[0] in ("name", "label")]
    try:
        fields = {name: template.render(scope) for name, template in naming}
    except Unrenderable:
        return ""
    return _name_and_label(kind, compiled, draft, fields)[1]
