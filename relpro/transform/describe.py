"""Takes a draft and the templates of its entry, gives the task description: everything rendered."""

import re
from collections.abc import Mapping
from typing import Any

from relpro.load.wording import shown
from relpro.model.kind import Kind
from relpro.model.task import Draft, Skipped, TaskDescription
from relpro.transform.entry import TUPLE_FIELDS, CompiledEntry
from relpro.transform.rendered import demand
from relpro.transform.scope import TaskScope
from relpro.transform.template import Unrenderable, as_key, written

Value = Any


def unmet(conditions: Mapping[str, Any], scope: TaskScope) -> str:
    """Why an `only-when` keeps a task out of this release; empty where nothing does.

    A condition is met when the variable equals one of the values, or one of them, as a regular
    expression, matches the whole of it.
    """
    for name, template in conditions.items():
        value, choices = scope[name], template.render(scope)
        if not isinstance(choices, list):
            what = f"`{written(name)}` must be a list, and is rendered to {shown(choices)}"
            raise Unrenderable("T403", what, ("only-when", written(name)))
        try:
            fits = any(_fits(value, wanted) for wanted in choices)
        except re.error as error:
            what = f"a pattern is no regular expression: {error}"
            raise Unrenderable("K201", what, ("only-when", written(name))) from None
        if not fits:
            return f"`{written(name)}` is {_shown(value)}"
    return ""


def _fits(value: Value, wanted: Value) -> bool:
    if value == wanted and isinstance(value, bool) == isinstance(wanted, bool):
        return True
    if not isinstance(wanted, str) or value is None:
        return False
    return re.fullmatch(wanted, as_key(value)) is not None


def _shown(value: Value) -> str:
    return "not set" if value is None or value == "" else f"`{as_key(value)}`"


def describe(
    kind: Kind, compiled: CompiledEntry, draft: Draft, scope: TaskScope
) -> TaskDescription | Skipped:
    """Render every field and section of the entry for one draft. Raises `Unrenderable`."""
    if compiled.conditions and (reason := unmet(compiled.conditions, scope)):
        return Skipped(draft.name, reason)
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
    outline = compiled.outline
    name = fields.get("name") or outline.name or draft.name
    fields["kind"] = kind.name
    fields["name"] = name
    fields["label"] = fields.get("label") or outline.label or f"{kind.name}-{name}"
    fields["origin"] = draft.origin
    fields["attributes"] = attributes
    fields["upstream"] = draft.upstream
    fields["sections"] = {name: part.render(scope) for name, part in compiled.sections.items()}
    return outline.filled_in(fields)
