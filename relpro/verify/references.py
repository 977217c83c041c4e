"""Takes a graph, finds references to unknown dependencies and artifacts."""

from collections.abc import Iterator

from relpro.errors import SHOWN, Diagnostic
from relpro.graph.checks import DECISION, SELF
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant, nearest
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.morph.proxy import PROXIES, has_proxy, is_public
from relpro.morph.references import (
    REFERRING,
    Reference,
    Search,
    references_in,
    texts,
)
from relpro.verify.sendable import unsendable


def references_name_what_exists(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """A diagnostic for each reference to an unknown dependency (G304) or artifact (G305).

    Also for each reference or relative date that cannot be filled in (G331), and each value that
    cannot be sent to the queue (G370), once for all tasks of a file.
    """
    search = Search()
    told = 0
    said: set[tuple[str, str]] = set()
    for task in graph:
        references = search.in_definition(task.definition)
        for fault, found in _faults(search, task) if search.doubts else ():
            if (task.origin.file, fault) not in said:
                said.add((task.origin.file, fault))
                yield found
        for reference in references:
            if (problem := _check(graph, task, reference, suggest=told < SHOWN)) is not None:
                told += 1
                yield problem


def _faults(search: Search, task: Task) -> Iterator[tuple[str, Diagnostic]]:
    for fault in search.faults_of(task.definition):
        what = f"task `{task.label}`: {fault.what}"
        yield fault.what, Diagnostic("G331", what, (task.origin,), said=fault.said)
    for text in search.unfit_in(task.definition):
        yield text, unsendable(task, text)


def _check(
    graph: TaskGraph, task: Task, reference: Reference, *, suggest: bool
) -> Diagnostic | None:
    name, artifact = reference.name, reference.artifact
    if artifact and not is_public(artifact) and not has_proxy(task):
        return _without_proxy(task, reference)
    if name not in task.dependencies and name not in (SELF, DECISION):
        return _unknown_name(graph, task, reference)
    if name == DECISION:
        return None
    label = task.dependencies.get(name, task.label)
    if artifact is None or label not in graph or graph[label].makes(artifact):
        return None
    # The URL of a folder, to which a program appends names.
    if any(one.startswith(f"{artifact}/") for one in graph[label].artifacts):
        return None
    return _unknown_artifact(task, graph[label], reference, suggest=suggest)


def _without_proxy(task: Task, reference: Reference) -> Diagnostic:
    remedy = "write `taskcluster-proxy: true` under `worker`"
    if task.implementation not in PROXIES:
        remedy = f"publish it below `public/`: workers of {', '.join(PROXIES)} alone have a proxy"
    return Diagnostic(
        "G372",
        f"`<{reference.name}/{reference.artifact}>` is not public, and is read without the proxy",
        (task.origin,),
        f"task `{task.label}`",
        why="the queue gives it to nobody who does not sign the request",
        remedy=remedy,
        said=_text_with(task, reference),
    )


def _unknown_name(graph: TaskGraph, task: Task, reference: Reference) -> Diagnostic:
    name, names = reference.name, tuple(task.dependencies)
    listed = ", ".join(f"`{one}`" for one in names[:8]) or "none"
    remedy = f"its dependencies are: {listed}"
    if (edge := _edge_to(graph, task, name)) is not None:
        remedy = f"it depends on `{task.dependencies[edge]}`, and calls that `<{edge}>`"
    elif (close := nearest(name, names)) is not None:
        remedy = f"did you mean `<{close}>`?"
    return Diagnostic(
        "G304",
        f"`<{name}>` is not a dependency of the task that refers to it",
        (task.origin,),
        f"task `{task.label}`",
        remedy=remedy,
        said=_text_with(task, reference),
    )


def _edge_to(graph: TaskGraph, task: Task, name: str) -> str | None:
    """The edge that leads to a task under another name, given by `names` of from-deps."""
    for edge, label in task.dependencies.items():
        if label == name or (label in graph and graph[label].kind == name):
            return edge
    return None


def _text_with(task: Task, reference: Reference) -> str:
    """The text of a task that contains a reference."""
    for name in REFERRING:
        for key, text in texts(task.definition.get(name)):
            if reference in references_in(key, text):
                return text
    return ""


def _unknown_artifact(
    task: Task, upstream: Task, reference: Reference, *, suggest: bool
) -> Diagnostic:
    artifact = reference.artifact or ""
    why = "" if upstream.artifacts else f"`{upstream.label}` publishes no artifact"
    what = f"`<{reference.name}/{artifact}>` is not an artifact of the task behind it"
    return Diagnostic(
        "G305",
        what if artifact else f"`<{reference.name}>` names no artifact",
        tuple(dict.fromkeys((task.origin, upstream.origin))),
        f"task `{task.label}`, of `{upstream.label}`",
        why,
        meant(artifact, upstream.artifacts) if suggest else "",
        _text_with(task, reference),
    )
