"""Takes the full graph, finds artifacts that would be published unsigned, or not notarized."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.place import FILES
from relpro.model.policy import Notarization, Policy
from relpro.model.task import Task
from relpro.verify.patterns import Patterns
from relpro.verify.scripts import SCRIPTS
from relpro.verify.upstream import reads

_SIGNERS = frozenset({"scriptworker-signing", "iscript"})


@attrs.frozen(eq=False, repr=False)
class _Demand:
    """A step that is required before an artifact is published.

    `does` says for each position whether its task performs the step on the files that it makes.
    `kept` says whether files that its task only packs have had the step; `keeps` lists such files,
    by kind. `holds` says whether the step is required for the file of a name, made by a task.
    """

    does: Sequence[bool]
    kept: Sequence[bool]
    keeps: Mapping[str, Patterns]
    holds: Callable[[str, Task], bool]
    fault: str
    remedy: str

    def missing(self, position: int, paths: Sequence[str], task: Task) -> Iterator[tuple[str, str]]:
        """Those names and paths, made by the task at a position, that lack the step."""
        if self.does[position]:
            return
        keeps = self.keeps.get(task.kind, _NOTHING) if self.kept[position] else _NOTHING
        for path in paths:
            name = path.rpartition("/")[2]
            if self.holds(name, task) and not keeps.match(name):
                yield name, path


_NOTHING = Patterns.of(())


#: The missing step, the name of the file, the kind that publishes it, the kind that makes it.
_Fault = tuple[_Demand, str, str, str]


def published_artifacts_are_signed(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Published files come from tasks that sign and notarize them, as the policy demands (G310).

    They are signed with keys of the release level. Files made from signed files are unsigned,
    unless the policy says that they only pack them. In production, files of some platforms are
    notarized as well.
    """
    demands = tuple(_demands(graph, parameters, config))
    broken: dict[_Fault, list[tuple[Task, Task, str]]] = {}
    for task, position, paths in reads(graph) if demands else ():
        if not _publishes(task):
            continue
        for demand in demands:
            upstream = graph.tasks[position]
            for name, path in demand.missing(position, paths, upstream):
                fault = (demand, name, task.kind, upstream.kind)
                broken.setdefault(fault, []).append((task, upstream, path))
    for (demand, *_), cases in broken.items():
        yield _told(demand, cases)


def _publishes(task: Task) -> bool:
    """Whether it publishes the files that it reads: its script does, or it writes such a place."""
    script = SCRIPTS.get(task.implementation)
    return script.publishes if script else any(place.kind in FILES for place in task.effects.writes)


def _demands(graph: TaskGraph, parameters: Parameters, config: GraphConfig) -> Iterator[_Demand]:
    policy, level = config.policy, config.release_level(parameters.project, parameters.level)
    if policy.requires_signatures:
        yield _signed(graph, policy, level)
    if policy.notarization and level == "production":
        yield _notarized(graph, policy.notarization, policy.made_of_signed)


def _signed(graph: TaskGraph, policy: Policy, level: str) -> _Demand:
    is_real = level == "production"
    wrong = Patterns.of(policy.staging_scopes if is_real else policy.release_scopes)
    unsigned = {kind: Patterns.of(names) for kind, names in policy.unsigned.items()}

    def signs(task: Task) -> bool:
        scopes = task.definition.get("scopes", ())
        return task.implementation in _SIGNERS and not any(map(wrong.match, scopes))

    return _Demand(
        *_done(graph, signs, policy.made_of_signed),
        lambda name, task: not unsigned.get(task.kind, _NOTHING).match(name),
        f"which is not signed with a {level} key",
        "sign it, or name kind and file in `policy: signatures`: `made-of-signed`, or `except`",
    )


def _notarized(
    graph: TaskGraph, asked: Notarization, keeping: Mapping[str, tuple[str, ...]]
) -> _Demand:
    platforms, names = Patterns.of(asked.platforms), Patterns.of(asked.artifacts)

    def holds(name: str, task: Task) -> bool:
        platform = task.attributes.get("build_platform") or ""
        return platforms.match(platform) and names.match(name)

    return _Demand(
        *_done(graph, lambda task: task.kind in asked.kinds, keeping),
        holds,
        "which was not notarized",
        f"take it from a task of {', '.join(asked.kinds)}",
    )


def _done(
    graph: TaskGraph, does: Callable[[Task], bool], keeping: Mapping[str, tuple[str, ...]]
) -> tuple[Sequence[bool], Sequence[bool], Mapping[str, Patterns]]:
    """Which tasks perform the step, which pack their results, and which files they pack."""
    done = [False] * len(graph)
    kept = [False] * len(graph)
    for at in graph.sequence:
        task = graph.tasks[at]
        if does(task):
            done[at] = True
        elif task.kind in keeping:
            kept[at] = any(done[needed] or kept[needed] for needed in graph.hard[at])
    return done, kept, {kind: Patterns.of(names) for kind, names in keeping.items()}


def _told(demand: _Demand, cases: Sequence[tuple[Task, Task, str]]) -> Diagnostic:
    """The first of the tasks with the same error, and the number of others."""
    task, upstream, path = cases[0]
    what = f"task `{task.label}` publishes `{path}` of `{upstream.label}`, {demand.fault}"
    context = f"and {len(cases) - 1} more of kind `{task.kind}`" if len(cases) > 1 else ""
    where = (task.origin, upstream.origin)
    return Diagnostic("G310", what, where, context, remedy=demand.remedy)
