"""Takes changed tasks, gives groups of equal changes; each is one line of a report."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from relpro.graph.difference.changes import MISSING, Change, Found, Path, same
from relpro.graph.difference.difference import Changed, Difference
from relpro.graph.difference.own_words import OwnWords
from relpro.graph.files import encode
from relpro.model.task import Json, Task

#: The most groups of different values at one path of one kind; further ones are counted.
_VALUES = 6
#: A word of a text, or the characters between words.
_WORD = re.compile(r"\w+|\W")
#: Stands for any list item in a path.
ITEM = "[]"


@attrs.frozen
class Edit:
    """One change at one path of a task; for a list, of one item.

    `before` or `after` is `MISSING` if something was added or removed. `ordered` means that only
    the order of a list changed.
    """

    path: Path
    before: Found
    after: Found
    ordered: bool = False


@attrs.frozen
class Group:
    """An edit that tasks of one kind have in common; `labels` are sorted.

    With `values`, the tasks have that many different edits at this path, of which `edit` is one. In
    values, `{locale}` and similar placeholders stand for text that differs from task to task.
    """

    kind: str
    edit: Edit
    labels: tuple[str, ...]
    values: int = 1


_Edited = tuple[Edit, Task, Task]


def group_changes(difference: Difference, every: bool = False) -> tuple[Group, ...]:
    """The groups of all changes, by kind and path. `every` keeps all different values apart.

    New names of renamed tasks, and dependencies that only follow a renaming, are left out.
    """
    renamed = {one.before.label: one.after.label for one in difference.renamed}
    by_place: dict[tuple[str, Path], list[_Edited]] = {}
    for changed in difference.changed:
        for edit in _edits(changed, renamed):
            key = (changed.after.kind, edit.path)
            by_place.setdefault(key, []).append((edit, changed.before, changed.after))
    places = sorted(by_place.items(), key=lambda item: (item[0][0], encode(item[0][1])))
    return tuple(group for (kind, _), edits in places for group in _grouped(kind, edits, every))


def _edits(changed: Changed, renamed: Mapping[str, str]) -> Iterator[Edit]:
    for change in changed.changes:
        if not _follows(change, renamed) and not (changed.renamed and _is_name(change, changed)):
            yield from edits_of(change)


def _is_name(change: Change, changed: Changed) -> bool:
    """Whether a renamed task's value differs only in the task's own names."""
    old = OwnWords(changed.before).replaced(change.before)
    return same(old, OwnWords(changed.after).replaced(change.after))


def _follows(change: Change, renamed: Mapping[str, str]) -> bool:
    if change.path[0] in {"label", "kind"}:
        return True
    inside = change.path[0] == "dependencies" and isinstance(change.before, str)
    return inside and renamed.get(str(change.before)) == change.after


def edits_of(change: Change) -> Iterator[Edit]:
    """A change as edits: for a list, the items that were added and removed."""
    before, after = change.before, change.after
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _list_edits((*change.path, ITEM), before, after)
    elif before is MISSING and isinstance(after, list | tuple) and after:
        yield from _list_edits((*change.path, ITEM), (), after)
    elif after is MISSING and isinstance(before, list | tuple) and before:
        yield from _list_edits((*change.path, ITEM), before, ())
    else:
        yield Edit(change.path, before, after)


def _list_edits(path: Path, before: Sequence[Json], after: Sequence[Json]) -> Iterator[Edit]:
    old, new = Counter(map(encode, before)), Counter(map(encode, after))
    gone = _items(before, old - new)
    came = _items(after, new - old)
    if not gone and not came:
        yield Edit(path, MISSING, MISSING, ordered=True)
    elif len(gone) == len(came) and path[-2:-1] not in {("scopes",), ("routes",)}:
        yield from (Edit(path, one, other) for one, other in zip(gone, came, strict=True))
    else:
        yield from (Edit(path, item, MISSING) for item in gone)
        yield from (Edit(path, MISSING, item) for item in came)


def _items(items: Sequence[Json], wanted: Counter[bytes]) -> list[Json]:
    left = Counter(wanted)
    found = []
    for item in items:
        key = encode(item)
        if left[key] > 0:
            left[key] -= 1
            found.append(item)
    return found


def _grouped(kind: str, edits: Sequence[_Edited], every: bool) -> Iterator[Group]:
    """Groups for one path: of equal edits, else of edits that are equal with placeholders."""
    groups = _by_value((edit, task.label) for edit, _, task in edits)
    shared = _shared_attributes(edits) if len(groups) > 1 else frozenset()
    for alike in (_worded, _essence):
        if len(groups) > 1:
            fewer = _by_value((alike(*edited, shared), edited[2].label) for edited in edits)
            groups = fewer if len(fewer) < len(groups) else groups
    if len(groups) > _VALUES and not every:
        labels = {label for _, labels in groups for label in labels}
        yield Group(kind, groups[0][0], tuple(sorted(labels)), len(groups))
        return
    for edit, labels in groups:
        yield Group(kind, edit, tuple(sorted(labels)))


def _by_value(edits: Iterable[tuple[Edit, str]]) -> list[tuple[Edit, set[str]]]:
    groups: dict[bytes, tuple[Edit, set[str]]] = {}
    for edit, label in edits:
        values = [None if one is MISSING else [one] for one in (edit.before, edit.after)]
        key = encode([*values, edit.ordered])
        groups.setdefault(key, (edit, set()))[1].add(label)
    return sorted(groups.values(), key=lambda group: (-len(group[1]), min(group[1])))


def _shared_attributes(edits: Sequence[_Edited]) -> frozenset[str]:
    """The attributes in which all of these tasks agree, whose values are not replaced.

    If every task is of phase build, `build` in a description is a verb, not the phase.
    """
    tasks = [task for _, before, after in edits for task in (before, after)]
    first = tasks[0].attributes
    return frozenset(
        name
        for name, value in first.items()
        if all(name in task.attributes and task.attributes[name] == value for task in tasks)
    )


def _worded(edit: Edit, before: Task, after: Task, shared: frozenset[str]) -> Edit:
    """The edit with the tasks' own words as placeholders, unless those are what changed."""
    old = OwnWords(before, but=shared).replaced(edit.before)
    new = OwnWords(after, but=shared).replaced(edit.after)
    if edit.before is not MISSING and edit.after is not MISSING and encode(old) == encode(new):
        return edit
    return attrs.evolve(edit, before=old, after=new)


def _essence(edit: Edit, before: Task, after: Task, shared: frozenset[str]) -> Edit:
    """The words of a text that changed, without the unchanged words around them."""
    edit = _worded(edit, before, after, shared)
    if not isinstance(edit.before, str) or not isinstance(edit.after, str):
        return edit
    old, new = _WORD.findall(edit.before), _WORD.findall(edit.after)
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    start, end = "..." if head else "", "..." if tail else ""
    middles = ("".join(words[head : len(words) - tail]) for words in (old, new))
    shown_before, shown_after = (f"{start}{middle}{end}" for middle in middles)
    return attrs.evolve(edit, before=shown_before, after=shown_after)


def _shared(first: Sequence[str], second: Sequence[str]) -> int:
    shorter = min(len(first), len(second))
    return next((at for at in range(shorter) if first[at] != second[at]), shorter)
