"""Takes the tasks of a plan, compares their run times with deadlines and gates."""

from collections.abc import Iterable, Iterator, Mapping

from relpro.graph.taskgraph import TaskGraph
from relpro.graph.walk import pulled_in, reverse
from relpro.model.task import Task
from relpro.submit.group import GATE
from relpro.verify.lifetimes import length, words

_HOUR, _MINUTE = 3600, 60


def time_lines(graph: TaskGraph) -> Iterator[str]:
    """Lines on the longest chain of runs, on deadlines that it may miss, and on each gate.

    A run counts with its `max-run-time`, or 0 without one. Waiting for workers and repeated runs
    are not included.
    """
    if not len(graph):
        return
    longest = _chains(graph, range(len(graph)))
    end = max(longest, key=lambda at: longest[at])
    last = graph.tasks[end]
    yield (
        f"longest chain: up to {spelled(longest[end])} to the end of `{last.label}`, whose deadline"
        f" is after {words(last, 'deadline')}"
    )
    late = [at for at in longest if longest[at] > length(graph.tasks[at], "deadline")]
    if late:
        first = graph.tasks[late[0]].label
        yield f"{len(late)} may reach their deadlines before they end, the first is `{first}`"
    for at, task in enumerate(graph):
        if is_gate(task):
            yield f"gate `{task.label}`: {_room(graph, at)}"


def is_gate(task: Task) -> bool:
    """Whether a task is a gate, as made by `relpro.stock.signoff`."""
    return str(task.definition.get("projectId", "")).startswith(GATE)


def _room(graph: TaskGraph, gate: int) -> str:
    through = pulled_in(reverse(graph.hard), [gate])
    behind = _chains(graph, [at for at, by in enumerate(through) if by >= 0])
    room = min(length(graph.tasks[at], "deadline") - took for at, took in behind.items())
    if room <= 0:
        return "what waits for it may reach its deadline, however early it is signed off"
    return f"to be signed off within {spelled(room)}"


def _chains(graph: TaskGraph, among: Iterable[int]) -> Mapping[int, int]:
    """Position -> seconds of the longest chain of runs up to its end, `among` these tasks."""
    chosen = frozenset(among)
    took: dict[int, int] = {}
    for at in graph.sequence:
        if at in chosen:
            before = max((took.get(need, 0) for need in graph.hard[at]), default=0)
            took[at] = before + _run(graph.tasks[at])
    return took


def _run(task: Task) -> int:
    longest = task.definition["payload"].get("maxRunTime")
    return longest if type(longest) is int else 0


def spelled(seconds: int) -> str:
    """Such as `1 h 30 min`; less than a minute counts as one."""
    hours, minutes = divmod(-(-seconds // _MINUTE), _HOUR // _MINUTE)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
