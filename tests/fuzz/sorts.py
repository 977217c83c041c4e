"""Every sort of document, by name: gives its cases, once it has written what they need."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.fuzz import desk, kinds, liar, rows, services, tree
from tests.fuzz.running import Case

#: Sort -> what makes its cases, in an empty folder; what they need ends with the stack.
Sort = Callable[[Path, ExitStack], Case]


def _offline(make: Callable[[Path], Case]) -> Sort:
    return lambda folder, _stack: make(folder)


SORTS: Mapping[str, Sort] = {
    "kinds": _offline(kinds.trees),
    "releases": _offline(kinds.releases),
    "parameters": _offline(desk.parameters),
    "rows of parameters": _offline(rows.parameters),
    "keys of workers": _offline(rows.workers),
    "inputs": _offline(desk.inputs),
    "answers": _offline(desk.answers),
    "artifacts": _offline(desk.artifacts),
    "graphs": _offline(desk.graphs),
    "plans": _offline(desk.plans),
    "templates": _offline(desk.templates),
    "events": _offline(tree.events),
    "commits": _offline(tree.commits),
    "names": _offline(tree.names),
    "queue": lambda folder, stack: stack.enter_context(liar.answers(folder)),
    "other services": lambda folder, stack: stack.enter_context(services.answers(folder)),
}
