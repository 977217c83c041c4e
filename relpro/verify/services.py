"""Takes the full graph, finds tasks that services cannot distinguish, and invalid routes.

Treeherder distinguishes tasks by platform, collection, group and symbol, the index by path; the
notify service has routes of its own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.stock.notify import ADDRESS_KEYS, STATUSES


def treeherder_shows_tasks_apart(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """No two tasks have the same platform, collection, group and symbol (G313)."""
    shown: dict[tuple[Any, ...], Task] = {}
    for task in graph:
        if (said := _shown(task)) is not None:
            place = _place(said)
            first = shown.setdefault(place, task)
            if first is not task:
                platform, collections, group, symbol = place
                sign = f"{group}({symbol})" if group else symbol
                where = f"`{sign}` on `{platform}/{'/'.join(collections)}`"
                remedy = "add what differs to `treeherder: symbol`"
                yield _twice(task, first, f"Treeherder shows both as {where}", remedy)


def _shown(task: Task) -> Mapping[str, Any] | None:
    """The task as Treeherder shows it; None if it does not, or if the values are invalid."""
    said = task.definition.get("extra", {}).get("treeherder")
    if type(said) is dict and type(said.get("machine")) is dict:
        return said if type(said.get("collection")) is dict else None
    return None


def _place(said: Mapping[str, Any]) -> tuple[Any, ...]:
    platform, collections = said["machine"].get("platform"), (*said["collection"],)
    return platform, collections, said.get("groupSymbol", ""), said.get("symbol")


def index_paths_lead_to_one_task(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """No two tasks have the same index route (G313): the later would replace the earlier."""
    found: dict[str, Task] = {}
    for task in graph:
        for route in task.definition.get("routes", ()):
            if route.startswith("index."):
                first = found.setdefault(route, task)
                if first is not task:
                    remedy = "add what differs to `index: job-name`"
                    yield _twice(task, first, f"both are indexed as `{route}`", remedy)
                    break


def _twice(task: Task, first: Task, fault: str, remedy: str) -> Diagnostic:
    what = f"tasks `{first.label}` and `{task.label}` cannot be told apart: {fault}"
    where = tuple(dict.fromkeys((task.origin, first.origin)))
    return Diagnostic("G313", what, where, remedy=remedy)


def notify_routes_are_known(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """Each `notify.` route names a type of recipient, a recipient and a status (G314)."""
    for task in graph:
        for route in task.definition.get("routes", ()):
            if route.startswith("notify.") and (problem := _notify_problem(route)):
                what = f"task `{task.label}` has route `{route}`, {problem[0]}"
                why = "the notify service would send nothing"
                yield Diagnostic("G314", what, (task.origin,), why=why, remedy=problem[1])


def _notify_problem(route: str) -> tuple[str, str] | None:
    head, _, status = route.rpartition(".")
    _, _, recipient = head.partition(".")
    kind, _, address = recipient.partition(".")
    if status == "on-any":
        return "whose status `on-any` is deprecated", "write `on-resolved` or `on-transition`"
    if status not in STATUSES:
        return f"which ends in no status: `{status}`", _suggestion(status, STATUSES)
    if kind not in ADDRESS_KEYS:
        return f"which has no type of recipient: `{kind}`", _suggestion(kind, tuple(ADDRESS_KEYS))
    return None if address else ("which names nobody", f"write `notify.{kind}.ADDRESS.{status}`")


def _suggestion(name: str, known: tuple[str, ...]) -> str:
    return meant(name, known, f"there are: {', '.join(known)}")


def watched_tasks_wait_for_watched_ones(
    graph: TaskGraph, _parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """No task depends on one of a higher tier (G310), if the policy requires that.

    People watch tier 1 first: a failure that blocks such a task must be visible there.
    """
    if not config.policy.dependency_tiers:
        return
    tiers = [_tier(task) for task in graph]
    for at, needs in enumerate(graph.hard):
        for needed in needs:
            if tiers[at] and tiers[needed] > tiers[at]:
                task, other = graph.tasks[at], graph.tasks[needed]
                what = (
                    f"task `{task.label}` of tier {tiers[at]} depends on `{other.label}` of tier "
                    f"{tiers[needed]}"
                )
                remedy = "give both the same `treeherder: tier`"
                yield Diagnostic("G310", what, (task.origin, other.origin), remedy=remedy)


def _tier(task: Task) -> int:
    """The tier of a task; 0 if Treeherder does not show it."""
    said = _shown(task)
    tier = said.get("tier", 1) if said else 0
    return tier if isinstance(tier, int) else 0
