"""Takes the full graph, finds artifacts that would be published unsigned, or not notarized."""

from collections.abc import Callable, Iterator, Sequence

import attrs

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.policy import Notarization, Policy
from relpro.model.task import Task
from relpro.verify.patterns import Patterns
from relpro.verify.upstream import reads

_SIGNERS = frozenset({"scriptworker-signing", "iscript"})
_PUBLISHERS = frozenset({"scriptworker-beetmover", "scriptworker-pushapk", "scriptworker-pushmsix"})


@attrs.frozen(eq=False, repr=False)
class _Demand:
    """What must have been done to an artifact before it is published.

    `done` says of each position whether its task or one that it needs, however far off, does it.
    `holds` says whether it must be done to the file of a name, made by a task.
    """

    done: Sequence[bool]
    holds: Callable[[str, Task], bool]
    fault: str
    remedy: str

    def held(self, paths: Sequence[str], task: Task) -> Iterator[tuple[str, str]]:
        """The names and paths, of those made by a task, for which it holds."""
        for path in paths:
            name = path.rpartition("/")[2]
            if self.holds(name, task):
                yield name, path


#: What is not done, to the file of which name, published by which kind, made by which.
_Fault = tuple[_Demand, str, str, str]


def published_artifacts_are_signed(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """What is published went through the tasks that the policy demands (G310).

    It was signed, or made of what was, by keys of the release level. In production it was
    notarized as well, on the platforms where that is asked for.
    """
    demands = tuple(_demands(graph, parameters, config))
    broken: dict[_Fault, list[tuple[Task, Task, str]]] = {}
    for task, position, paths in reads(graph) if demands else ():
        if task.implementation not in _PUBLISHERS:
            continue
        for demand in demands:
            if not demand.done[position]:
                upstream = graph.tasks[position]
                for name, path in demand.held(paths, upstream):
                    fault = (demand, name, task.kind, upstream.kind)
                    broken.setdefault(fault, []).append((task, upstream, path))
    for (demand, *_), cases in broken.items():
        yield _told(demand, cases)


def _demands(graph: TaskGraph, parameters: Parameters, config: GraphConfig) -> Iterator[_Demand]:
    policy, level = config.policy, config.release_level(parameters.project, parameters.level)
    if policy.requires_signatures:
        yield _signed(graph, policy, level)
    if policy.notarization and level == "production":
        yield _notarized(graph, policy.notarization)


def _signed(graph: TaskGraph, policy: Policy, level: str) -> _Demand:
    is_real = level == "production"
    wrong = Patterns.of(policy.staging_scopes if is_real else policy.release_scopes)
    unsigned = {kind: Patterns.of(names) for kind, names in policy.unsigned.items()}
    nothing = Patterns.of(())

    def signs(task: Task) -> bool:
        scopes = task.definition.get("scopes", ())
        return task.implementation in _SIGNERS and not any(map(wrong.match, scopes))

    return _Demand(
        _passed(graph, signs),
        lambda name, task: not unsigned.get(task.kind, nothing).match(name),
        f"which no key of {level} signed",
        "sign it, or name kind and file in `policy: signatures: except`",
    )


def _notarized(graph: TaskGraph, asked: Notarization) -> _Demand:
    platforms, names = Patterns.of(asked.platforms), Patterns.of(asked.artifacts)

    def holds(name: str, task: Task) -> bool:
        platform = task.attributes.get("build_platform") or ""
        return platforms.match(platform) and names.match(name)

    return _Demand(
        _passed(graph, lambda task: task.kind in asked.kinds),
        holds,
        "which was not notarized",
        f"take it from a task that depends on one of {', '.join(asked.kinds)}",
    )


def _passed(graph: TaskGraph, does: Callable[[Task], bool]) -> list[bool]:
    passed = [False] * len(graph)
    for at in graph.sequence:
        if does(graph.tasks[at]):
            passed[at] = True
            continue
        for needed in graph.hard[at]:
            if passed[needed]:
                passed[at] = True
                break
    return passed


def _told(demand: _Demand, cases: Sequence[tuple[Task, Task, str]]) -> Diagnostic:
    """The first of the tasks that fail alike, and how many more there are."""
    task, upstream, path = cases[0]
    what = f"task `{task.label}` publishes `{path}` of `{upstream.label}`, {demand.fault}"
    context = f"and {len(cases) - 1} more of kind `{task.kind}`" if len(cases) > 1 else ""
    where = (task.origin, upstream.origin)
    return Diagnostic("G310", what, where, context, remedy=demand.remedy)
