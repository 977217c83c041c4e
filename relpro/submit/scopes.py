"""Takes calls and somebody's scopes, gives the missing ones.

Source: queue API, createTask, scheduleTask, rerunTask and cancelTask.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

from relpro.errors import Diagnostic, Refused
from relpro.model.config import PRIORITIES
from relpro.submit.intended import Intended

#: The most scopes named for one group of kinds: routes of the index differ for every locale.
_NAMED = 50

#: Alternative scopes, of which one is enough, the narrowest first.
AnyOf = tuple[str, ...]

#: What one call needs, and the kind of its task.
Need = tuple[AnyOf, str]


def _set(scopes: Iterable[str]) -> frozenset[str]:
    return frozenset(scopes)


@attrs.frozen(slots=False)
class Scopes:
    """Somebody's scopes. A scope that ends in `*` covers all with that prefix."""

    held: frozenset[str] = attrs.field(converter=_set)

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        return tuple(sorted(scope[:-1] for scope in self.held if scope.endswith("*")))

    def satisfy(self, scope: str) -> bool:
        """Whether a scope is covered. One that ends in `*` needs one that is at least as wide."""
        return scope in self.held or scope.startswith(self._beginnings)


def needed(body: Mapping[str, Any]) -> Iterator[AnyOf]:
    """The scopes that creating this task needs: one of each group of alternatives."""
    for scope in body.get("scopes", ()):
        yield (scope,)
    for route in body.get("routes", ()):
        yield (f"queue:route:{route}",)
    yield (f"queue:scheduler-id:{body.get('schedulerId', '-')}",)
    yield (f"queue:create-task:project:{body.get('projectId', 'none')}",)
    queue = body.get("taskQueueId") or f"{body.get('provisionerId')}/{body.get('workerType')}"
    rank = PRIORITIES.index(body.get("priority", "lowest"))
    yield tuple(f"queue:create-task:{one}:{queue}" for one in reversed(PRIORITIES[: rank + 1]))


def steering(verb: str, task_id: str, body: Mapping[str, object]) -> AnyOf:
    """The scopes to `schedule`, `rerun` or `cancel` a task: any of these.

    `body` is its definition, or the same fields of a status.
    """
    group = body.get("taskGroupId", task_id)
    return (
        f"queue:{verb}-task:{body.get('schedulerId', '-')}/{group}/{task_id}",
        f"queue:{verb}-task-in-project:{body.get('projectId', 'none')}",
    )


def creation(tasks: Iterable[Intended]) -> Iterator[Need]:
    """The scopes to create tasks."""
    return ((choice, task.kind) for task in tasks for choice in needed(task.body))


def missing(scopes: Scopes, needs: Iterable[Need]) -> dict[str, tuple[str, ...]]:
    """Scope -> the kinds whose tasks need it, all sorted."""
    judged: dict[AnyOf, bool] = {}
    lacking: dict[str, set[str]] = {}
    for choice, kind in needs:
        if choice not in judged:
            judged[choice] = any(map(scopes.satisfy, choice))
        if not judged[choice]:
            lacking.setdefault(choice[0], set()).add(kind)
    return {scope: tuple(sorted(lacking[scope])) for scope in sorted(lacking)}


def check_scopes(
    scopes: Scopes, needs: Sequence[Need], doing: str = "creating these tasks"
) -> None:
    """Raise `Refused` (Q704) with all missing scopes, grouped by the kinds that need them.

    `needs` are those of every call that will be made, `doing` describes these calls: if one scope
    is missing, none is made.
    """
    lacking = missing(scopes, needs)
    if not lacking:
        return
    grouped: dict[tuple[str, ...], list[str]] = {}
    for scope, kinds in lacking.items():
        grouped.setdefault(kinds, []).append(scope)
    every = tuple(sorted({kind for _, kind in needs}))
    lines = []
    for kinds in sorted(grouped, key=lambda kinds: (-len(kinds), kinds)):
        named = ", ".join(f"`{kind}`" for kind in kinds)
        lines += [f"for {'every kind' if kinds == every else named}:"]
        lines += [f"  {scope}" for scope in grouped[kinds][:_NAMED]]
        if (more := len(grouped[kinds]) - _NAMED) > 0:
            lines.append(f"  and {more:,} more")
    count = "a scope" if len(lacking) == 1 else f"{len(lacking)} scopes"
    what = f"{doing} needs {count} that the caller lacks"
    remedy = "have them granted to the caller's role, or sign in as one who has them"
    raise Refused(Diagnostic("Q704", what, why="\n     ".join(lines), remedy=remedy))
