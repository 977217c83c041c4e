"""Takes a difference, gives its risky changes: scopes, worker pools, publishing tasks.

Risks are never collapsed. Each is one line with the tasks concerned.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import attrs

from relpro.graph.difference.collapse import Collapse
from relpro.graph.difference.difference import Changed, Difference
from relpro.graph.difference.own_words import OwnWords
from relpro.graph.files import encode
from relpro.model.task import Json, Task

#: Services of scriptworkers whose scopes allow a task to publish something or to notify others.
PUBLISHING = re.compile(
    r":(addons|balrog|beetmover|bitrise|bouncer|flathub|github|googleplay|lando|microsoftstore"
    r"|ship-?it|snapcraft|treescript|treestatus)(?=[.:]|$)"
)
_POOL = ("provisionerId", "workerType")
#: If there are more lines about scopes than this, scopes that differ only in the tasks' own words
#: become one line; beyond the second number, scopes with the same first words do.
_WORDED, _STARTS = 30, 150

Sort = Literal["scope", "pool", "publish"]


@attrs.frozen
class Risk:
    """A change that a reviewer must see.

    `sign` is `+`, `-` or `~`; `what` says what was added, removed or changed; `labels` are sorted.
    """

    sort: Sort
    sign: str
    what: str
    labels: tuple[str, ...]


def find_risks(difference: Difference) -> tuple[Risk, ...]:
    """Every risk: scopes, then pools, then publishing tasks; within each, additions first."""
    risks = _grouped(_found(difference, worded=False))
    if _scope_lines(risks) > _WORDED:
        risks = _grouped(_found(difference, worded=True))
    for words in (3, 2, 1):
        if _scope_lines(risks) > _STARTS:
            risks = _by_start(risks, words)
    return risks


_collapse = Collapse()
_Found = Iterable[tuple[Sort, str, str, str]]
_SORTS: tuple[Sort, ...] = ("scope", "pool", "publish")


def _grouped(risks: _Found) -> tuple[Risk, ...]:
    found: dict[tuple[Sort, str, str], list[str]] = {}
    for sort, sign, what, label in risks:
        found.setdefault((sort, sign, what), []).append(label)
    keys = sorted(found, key=lambda key: (_SORTS.index(key[0]), "+-~".index(key[1]), key[2]))
    return tuple(Risk(*key, tuple(sorted(found[key]))) for key in keys)


def _scope_lines(risks: Sequence[Risk]) -> int:
    return sum(risk.sort == "scope" for risk in risks)


def _by_start(risks: Sequence[Risk], words: int) -> tuple[Risk, ...]:
    """Scopes with the same first words as one: the last resort for very many."""
    starts: dict[tuple[str, str], list[Risk]] = {}
    for risk in risks:
        if risk.sort == "scope":
            starts.setdefault((risk.sign, ":".join(risk.what.split(":")[:words])), []).append(risk)
    scopes = [
        Risk("scope", sign, _collapse(r.what for r in alike), _labels_of(alike))
        for (sign, _), alike in starts.items()
    ]
    return (*scopes, *(risk for risk in risks if risk.sort != "scope"))


def _labels_of(risks: Sequence[Risk]) -> tuple[str, ...]:
    return tuple(sorted({label for risk in risks for label in risk.labels}))


def _found(difference: Difference, worded: bool) -> Iterator[tuple[Sort, str, str, str]]:
    for task in difference.added:
        yield from _of_task(task, "+", "added", worded)
    for task in difference.removed:
        yield from _of_task(task, "-", "removed", worded)
    for changed in difference.changed:
        yield from _of_change(changed, worded)
    yield from _published(difference)


def _of_task(
    task: Task, sign: str, done: str, worded: bool
) -> Iterator[tuple[Sort, str, str, str]]:
    for scope in _shown(task, _scopes(task), worded):
        yield "scope", sign, scope, task.label
    if services := _services(task):
        yield "publish", sign, f"{task.kind} ({services}) {done}", task.label


def _of_change(changed: Changed, worded: bool) -> Iterator[tuple[Sort, str, str, str]]:
    before, after, label = changed.before, changed.after, changed.after.label
    old, new = _scopes(before), _scopes(after)
    for scope in _shown(after, [scope for scope in new if scope not in old], worded):
        yield "scope", "+", scope, label
    for scope in _shown(before, [scope for scope in old if scope not in new], worded):
        yield "scope", "-", scope, label
    if _pool(before) != _pool(after):
        yield "pool", "~", f"{after.kind}: {_pool(before)} -> {_pool(after)}", label


def _published(difference: Difference) -> Iterator[tuple[Sort, str, str, str]]:
    """The changed tasks that publish: one line for each kind, with the changed parts."""
    kinds: dict[str, list[Changed]] = {}
    for changed in difference.changed:
        if services := _services(changed.after) or _services(changed.before):
            kinds.setdefault(f"{changed.after.kind} ({services})", []).append(changed)
    for kind, tasks in kinds.items():
        places = sorted({_place(change.path) for one in tasks for change in one.changes})
        what = f"{kind} changed: {', '.join(places)}"
        yield from (("publish", "~", what, one.after.label) for one in tasks)


def _place(path: Sequence[str | int]) -> str:
    """The part of the task that a change concerns, in a word or two."""
    words = [str(part) for part in path if isinstance(part, str)]
    words = words[1:] if words[0] == "task" else words
    return ".".join(words[:2] if words[0] in {"payload", "extra", "dependencies"} else words[:1])


def _scopes(task: Task) -> Sequence[str]:
    scopes: Json = task.definition.get("scopes", ())
    return [scope if isinstance(scope, str) else encode(scope).decode() for scope in scopes]


def _shown(task: Task, scopes: Sequence[str], worded: bool) -> Iterable[str]:
    if not scopes or not worded:
        return scopes
    words = OwnWords(task, has_kind=False)
    return dict.fromkeys(words.replaced(scope) for scope in scopes)


def _services(task: Task) -> str:
    found = {match[1] for scope in _scopes(task) if (match := PUBLISHING.search(scope))}
    return ", ".join(sorted(found))


def _pool(task: Task) -> str:
    return "/".join(str(task.definition.get(name, "-")) for name in _POOL)
