"""Takes the full graph, finds artifacts that expire too early, and runs that end too late.

All dates of a graph are counted from one moment, in seconds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.phase import Phase
from relpro.model.task import Json, Task
from relpro.values.validators import seconds
from relpro.verify.upstream import artifacts_read

#: After how many seconds an artifact expires, and its name.
_Expiry = tuple[float, str]


def runs_fit_into_deadlines(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """The longest run that a task may have ends before its deadline (G341).

    The queue resolves a task at its deadline, even while its worker runs it.
    """
    for task, deadline in zip(graph, lengths(graph, "deadline"), strict=True):
        longest = task.definition["payload"].get("maxRunTime")
        if type(longest) is int and longest > deadline:
            yield Diagnostic(
                "G341",
                f"task `{task.label}` may run for {longest} seconds, and its deadline is "
                f"{words(task, 'deadline')} after its creation",
                (task.origin,),
                why="the queue ends a task at its deadline, whatever its worker is doing",
                remedy="lower its `max-run-time`, or raise its `deadline-after`",
            )


def what_is_read_is_still_there(
    graph: TaskGraph, _parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """No artifact expires before the tasks that read it may have run (G340).

    Tasks and artifacts that a later phase needs are also kept for the time from push to ship that
    the project sets, `policy.push-to-ship` (G342).
    """
    apart = config.policy.push_to_ship
    stay = apart.seconds if apart else 0
    deadlines, ends = lengths(graph, "deadline"), lengths(graph, "expires")
    shortest, ranks = _shortest(graph), _ranks(graph)
    for at, task in enumerate(graph):
        short = dict[str, Task]()
        for needed in graph.hard[at]:
            last = deadlines[at] + (stay if ranks[needed] < ranks[at] else 0)
            if last > deadlines[at] and ends[needed] < last:
                upstream = graph.tasks[needed]
                yield _gone(task, upstream, "", upstream.definition["expires"], config)
            elif shortest[needed] < last:
                short[graph.tasks[needed].label] = graph.tasks[needed]
        if short:
            yield from _short(task, short, stay, config)


def last_expiries(graph: TaskGraph) -> list[_Expiry]:
    """For each task, the artifact that expires last; infinitely late if one sets no expiry."""
    return _chosen(graph, max, (float("-inf"), ""))


def _shortest(graph: TaskGraph) -> list[float]:
    """For each task, when the first artifact with an expiry expires."""
    return [seconds for seconds, _ in _chosen(graph, min, (float("inf"), ""))]


def _chosen(
    graph: TaskGraph, choose: Callable[[Iterable[_Expiry]], _Expiry], none: _Expiry
) -> list[_Expiry]:
    """One artifact of each task, chosen by its expiry. Many tasks share their artifacts."""
    said = [task.definition["payload"].get("artifacts") for task in graph]
    distinct = {id(one): one for one in said if one}
    found = {
        key: choose([none, *((_after(date), name) for name, date in _expiries(one).items())])
        for key, one in distinct.items()
    }
    return [found.get(id(one), none) for one in said]


def _ranks(graph: TaskGraph) -> list[float]:
    """The rank of each task's phase; a task without a phase is neither before nor after another."""
    ranks = {phase.value: phase.rank for phase in Phase}
    return [ranks.get(task.attributes.get("shipping_phase") or "", float("nan")) for task in graph]


def _short(
    task: Task, short: Mapping[str, Task], stay: int, config: GraphConfig
) -> Iterator[Diagnostic]:
    deadline = length(task, "deadline")
    for label, path in dict.fromkeys(artifacts_read(task)):
        upstream = short.get(label)
        if upstream is None or (found := artifact_of(upstream.definition, path)) is None:
            continue
        date = expiries(upstream.definition)[found]
        if _after(date) < deadline:
            yield _too_short(task, upstream, path, date)
        elif upstream.is_of_earlier_phase(task) and _after(date) < deadline + stay:
            yield _gone(task, upstream, path, date, config)


def expiries(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """Name -> expiry, for each artifact of a body that sets one."""
    return _expiries(definition["payload"].get("artifacts") or ())


def _expiries(artifacts: Json) -> Mapping[str, object]:
    named = (
        artifacts.items()
        if isinstance(artifacts, Mapping)
        else ((one.get("name") or one.get("path"), one) for one in artifacts)
    )
    return {name: one["expires"] for name, one in named if "expires" in one}


def artifact_of(definition: Mapping[str, object], path: str) -> str | None:
    """The name of the artifact or folder in a body that sets the expiry of artifact `path`."""
    names = expiries(definition)
    inside = (name for name in names if path.startswith(f"{name.rstrip('/')}/"))
    return path if path in names else max(inside, default=None, key=len)


def length(task: Task, key: str) -> int:
    """The time from the creation of a task to its date `key`; 0 if that is not a relative date."""
    return _after(task.definition[key])


def lengths(graph: TaskGraph, key: str) -> list[int]:
    """The `length` for each task; tasks share their dates, so each is read once."""
    dates = [task.definition[key] for task in graph]
    distinct = {id(date): date for date in dates}
    found = {identity: _after(date) for identity, date in distinct.items()}
    return [found[id(date)] for date in dates]


def words(task: Task, key: str) -> str:
    """The same as written, such as `1 day`."""
    return _said(task.definition[key])


def _after(date: object) -> int:
    return seconds(_said(date)) or 0


def _said(date: object) -> str:
    return str(date["relative-datestamp"]) if type(date) is dict else ""


def _too_short(task: Task, upstream: Task, path: str, date: object) -> Diagnostic:
    return Diagnostic(
        "G340",
        f"artifact `{path}` of `{upstream.label}` expires after {_said(date)}, and "
        f"`{task.label}`, which reads it, may run until {words(task, 'deadline')} after its "
        "creation",
        (upstream.origin, task.origin),
        remedy="raise the artifact's `expires-after`, or lower `deadline-after` of what reads it",
    )


def _gone(task: Task, upstream: Task, path: str, date: object, config: GraphConfig) -> Diagnostic:
    what = f"artifact `{path}` of `{upstream.label}`" if path else f"task `{upstream.label}`"
    apart = config.policy.push_to_ship
    assert apart is not None
    return Diagnostic(
        "G342",
        f"{what} expires after {_said(date)}, and `{task.label}` of a later phase needs it "
        f"{apart.words} later",
        (upstream.origin, task.origin),
        why=f"`policy.push-to-ship` is {apart.words}, and its deadline {words(task, 'deadline')}",
        remedy="raise `expires-after`",
    )
