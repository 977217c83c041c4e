"""Takes the reason why a task is not made, gives the places and variables of its conditions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from relpro.model.decision import Decision
from relpro.model.kind import Entry, Kind
from relpro.pipeline import Pipeline
from relpro.transform.compiler import keyed_by
from relpro.transform.template import as_key, variable, written

#: The rule of the decision about a task whose conditions are not met.
RULE = "only-when"
_NAMED = re.compile(r"`([^`]+)` is ")


def condition_lines(pipeline: Pipeline, decision: Decision) -> Iterator[str]:
    """For each unmet condition, its place and the sources of its variable."""
    if decision.rule != RULE:
        return
    for name in _NAMED.findall(decision.cause):
        for entry in _asking(pipeline, decision.label, name):
            wanted = entry.data[RULE][name]
            values = ", ".join(f"`{as_key(one)}`" for one in wanted if not isinstance(one, Mapping))
            asked = f" to be {values.replace(', ', ' or ')}" if values else ""
            yield f"{entry.origin(RULE, name)}: asks for `{name}`{asked}"
        yield from _sources(pipeline, name)


def kinds_of(pipeline: Pipeline, label: str) -> tuple[Kind, ...]:
    """The kinds to which a label may belong, the likeliest first."""
    kinds = (kind for name, kind in pipeline.kinds.items() if label.startswith(f"{name}-"))
    return tuple(sorted(kinds, key=lambda kind: -len(kind.name)))


def alternatives(pipeline: Pipeline, name: str) -> tuple[str, Mapping[str, Any]] | None:
    """The variable that keys a value of the configuration, and the alternatives."""
    said = pipeline.config.variables.get(name)
    key = keyed_by(said)
    if key is None or not isinstance(said, Mapping):
        return None
    (values,) = said.values()
    return written(key), values


def _asking(pipeline: Pipeline, label: str, name: str) -> list[Entry]:
    """The entry that sets a condition; None if it cannot be identified."""
    for kind in kinds_of(pipeline, label)[:1]:
        asking = [entry for entry in kind.entries if name in entry.data.get(RULE, {})]
        if len({entry.origin(RULE, name) for entry in asking}) == 1:
            return asking[:1]
    return []


def _sources(pipeline: Pipeline, name: str) -> Iterator[str]:
    """The variables on which a variable of the configuration depends, recursively."""
    while found := alternatives(pipeline, name):
        key, _ = found
        value = pipeline.release.values.get(variable(key))
        here = "" if value is None else f", which is `{as_key(value)}`"
        place = pipeline.config.locations.origin("variables", name)
        yield f"{place}: `{name}` hangs on `{key}`{here}"
        name = key
