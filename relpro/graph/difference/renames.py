"""Takes removed and added tasks, finds those that are the same under a new label.

Three passes, from certain to likely: tasks that differ only in their names; tasks with equal
attributes; and tasks whose names are equal except for the kind. In the last two, most values must
be equal.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from relpro.graph.files import encode
from relpro.model.task import Json, Task

#: The share of equal values that makes two tasks the same.
ALIKE = 0.6
#: The most pairs of tasks of one bucket that are compared value by value.
_PAIRS = 400

_Buckets = dict[bytes, tuple[list[Task], list[Task]]]


def find_renames(removed: Sequence[Task], added: Sequence[Task]) -> Mapping[str, str]:
    """Old label -> new label, each label at most once, by old label."""
    renames: dict[str, str] = {}
    old, new = sorted(removed, key=_label), sorted(added, key=_label)
    for key, score in ((_nameless, _certain), (_attributes, _likeness), (_name, _likeness)):
        if not old or not new:
            break
        for gone, came in _buckets(old, new, key).values():
            renames.update(_matched(gone, came, score))
        taken = set(renames.values())
        old = [task for task in old if task.label not in renames]
        new = [task for task in new if task.label not in taken]
    return dict(sorted(renames.items()))


def _label(task: Task) -> str:
    return task.label


def _buckets(old: Sequence[Task], new: Sequence[Task], key: Callable[[Task], bytes]) -> _Buckets:
    """Tasks that may be the same, by what they have in common."""
    buckets: _Buckets = {}
    for task in old:
        buckets.setdefault(key(task), ([], []))[0].append(task)
    for task in new:
        if (bucket := buckets.get(key(task))) is not None:
            bucket[1].append(task)
    return buckets


def _matched(
    gone: Sequence[Task], came: Sequence[Task], score: Callable[[Task, Task], float]
) -> Iterator[tuple[str, str]]:
    """Pairs of one bucket, the most similar first."""
    if not came or len(gone) * len(came) > _PAIRS:
        return
    scores = [(-score(a, b), a.label, b.label) for a in gone for b in came]
    taken_old, taken_new = set[str](), set[str]()
    for negated, old, new in sorted(scores):
        if -negated >= ALIKE and old not in taken_old and new not in taken_new:
            taken_old.add(old)
            taken_new.add(new)
            yield old, new


def _certain(_before: Task, _after: Task) -> float:
    return 1.0


def _nameless(task: Task) -> bytes:
    """A digest of everything except the task's own names."""
    text = encode({**task.to_json(), "kind": ""})
    for word in (task.label, task.name, task.kind):
        if word:
            text = text.replace(word.encode(), b"\0")
    return hashlib.sha256(text).digest()


def _attributes(task: Task) -> bytes:
    return encode(task.attributes)


def _name(task: Task) -> bytes:
    return encode(task.name)


def _likeness(before: Task, after: Task) -> float:
    """The share of values that both tasks have, from 0 to 1."""
    old, new = _values(before), _values(after)
    return len(old & new) / max(1, len(old | new))


def _values(task: Task) -> set[tuple[str, ...]]:
    words = (task.label, task.name)
    return set(_leaves({**task.to_json(), "label": "", "kind": ""}, words, ()))


def _leaves(value: Json, words: Sequence[str], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, words, (*path, key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item, words, (*path, "[]"))
    else:
        text = str(value)
        for word in words:
            text = text.replace(word, "\0") if word else text
        yield (*path, text)
