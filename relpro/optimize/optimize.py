"""Takes the target graph, decides which tasks are created, reused, or not needed.

First tasks are removed, dependents before their dependencies; then tasks are replaced, in the
opposite order. Every label gets a decision. Earlier graphs are not changed.
"""

from collections.abc import Collection, Iterator, Mapping

import attrs

from relpro.errors import Diagnostic, raise_all
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision, Verdict
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.optimize.offered import Strategy
from relpro.optimize.question import Question
from relpro.optimize.removal import judge
from relpro.optimize.replacement import replace
from relpro.optimize.strategies import problems_of, suggestion


@attrs.frozen
class Optimized:
    """The optimized graph.

    `graph` are the tasks to create, in declared order; `replaced` maps labels to the ids of tasks
    that are used instead; `removed` are labels that are not needed. `decisions` has one for each
    label of the target graph, in declared order.
    """

    graph: TaskGraph
    replaced: Mapping[str, str]
    removed: tuple[str, ...]
    decisions: tuple[Decision, ...] = attrs.field(repr=False)


def optimize(
    target: TaskGraph,
    wanted: Collection[str],
    *,
    parameters: Parameters,
    strategies: Mapping[str, Strategy],
    existing_tasks: Mapping[str, str],
    do_not_optimize: Collection[str] = (),
    rebuild_kinds: Collection[str] = (),
) -> Optimized:
    """Remove and replace tasks that need not be created.

    `wanted` are the selected labels; the rest of `target` are their dependencies. `existing_tasks`
    maps labels to ids of existing tasks; those of `rebuild_kinds` are not used. Labels of
    `do_not_optimize` are created, and so are the selected ones if parameter `optimize_target_tasks`
    is off. Raises one `RelproError` with every unknown strategy (O602).
    """
    raise_all(check_optimizations(target, strategies))
    requested = frozenset(wanted)
    protected = requested if not parameters["optimize_target_tasks"] else frozenset()
    question = Question(
        graph=target,
        wanted=requested,
        protected=protected | frozenset(do_not_optimize),
        parameters=parameters,
        strategies=strategies,
        existing=existing_tasks,
        rebuilt=frozenset(rebuild_kinds),
    )
    decided = judge(question)
    replaced = replace(question, decided)
    decisions = tuple(decided[at] for at in range(len(target)))
    return Optimized(
        target.restrict(one.label for one in decisions if one.verdict is Verdict.KEPT),
        replaced,
        tuple(one.label for one in decisions if one.verdict is Verdict.REMOVED),
        decisions,
    )


def unknown_labels(full: TaskGraph, asked: Collection[str]) -> Iterator[Diagnostic]:
    """A diagnostic (O604) for each label in parameter `do_not_optimize` that no task has."""
    for label in asked:
        if label not in full:
            what = f"parameter `do_not_optimize` names task `{label}`, which no kind makes"
            remedy = meant(label, full.labels, "`relpro graph --stage full` lists every task")
            yield Diagnostic("O604", what, remedy=remedy)


def needed_though_never_made(optimized: Optimized) -> Iterator[Diagnostic]:
    """A diagnostic (G321) for each task with strategy `always` that another task needs.

    A task that was requested by name is created.
    """
    graph = optimized.graph
    for one in optimized.decisions:
        if one.verdict is Verdict.KEPT and one.rule == "dependent":
            task = graph[one.label]
            if task.optimization is not None and "always" in task.optimization:
                by = graph[one.needed_by]
                yield Diagnostic(
                    "G321",
                    f"task `{task.label}` is always optimized, and `{by.label}` needs it",
                    (task.origin, by.origin),
                    why="`always` says that it is never made",
                    remedy="remove the dependency, or the `optimization`",
                )


def check_optimizations(
    graph: TaskGraph, strategies: Mapping[str, Strategy]
) -> Iterator[Diagnostic]:
    """A diagnostic (O602) for each part of an optimization that cannot be evaluated."""
    for task in graph:
        if task.optimization is not None:
            yield from _check(task, strategies)


def _check(task: Task, strategies: Mapping[str, Strategy]) -> Iterator[Diagnostic]:
    for problem, name in problems_of(task.optimization, strategies):
        what = f"task `{task.label}` {problem}"
        remedy = suggestion(name, strategies) if name else ""
        yield Diagnostic(
            "O602",
            what,
            (task.origin,),
            "optimization",
            remedy=remedy,
            said=name or next(iter(task.optimization or {}), ""),
            within=("optimization",),
        )
