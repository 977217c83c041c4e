"""Takes a graph, finds signing tasks with a format that no server has for their certificate."""

from collections.abc import Iterator, Mapping

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.task import Task

_SIGNERS = frozenset({"scriptworker-signing", "iscript"})
_CERT = ":signing:cert:"


def servers_have_every_format(
    graph: TaskGraph, _parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """The servers have each format of a signing task for the task's certificate (G310).

    Source: signingscript, which looks up (scope, format) in its configuration and fails the task if
    it finds none. The project declares them in `policy.signing-formats`.
    """
    known = config.policy.signing_formats
    if not known:
        return
    first: dict[tuple[str, str, str], Task] = {}
    for task in graph:
        if task.implementation in _SIGNERS:
            for cert, name in _used(task):
                first.setdefault((task.kind, cert, name), task)
    for (_, cert, name), task in first.items():
        if name not in known.get(cert, ()) and name not in config.policy.local_formats:
            yield _unknown(task, cert, name, known)


def _used(task: Task) -> Iterator[tuple[str, str]]:
    """(certificate, format) of everything that a task signs."""
    scopes = task.definition.get("scopes", ())
    cert = next((scope.partition(_CERT)[2] for scope in scopes if _CERT in scope), "")
    for item in task.definition["payload"].get("upstreamArtifacts", ()):
        # Values that are not text are refused by the schema of the worker.
        yield from ((cert, name) for name in item.get("formats", ()) if isinstance(name, str))


def _unknown(task: Task, cert: str, name: str, known: Mapping[str, tuple[str, ...]]) -> Diagnostic:
    formats = sorted(known.get(cert, ()))
    what = f"no signing server has format `{name}` under `{cert}`"
    remedy = meant(name, formats, f"it has: {', '.join(formats) or 'none'}")
    return Diagnostic("G310", what, (task.origin,), f"task `{task.label}`", remedy=remedy)
