"""Takes a difference, gives the lines of a report: risks first, then one line for each change."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import attrs

from relpro.graph.difference.changes import MISSING, Found, Path
from relpro.graph.difference.collapse import SHOWN, Collapse
from relpro.graph.difference.difference import Difference
from relpro.graph.difference.groups import ITEM, Edit, Group, group_changes
from relpro.graph.difference.own_words import compounds
from relpro.graph.difference.places import PlaceChange
from relpro.graph.difference.risks import find_risks
from relpro.graph.files import encode
from relpro.model.counted import counted
from relpro.model.task import Task

#: The most characters of a value that are shown, unless all are requested.
WIDTH = 120
#: Texts that are shown as in JSON, because they look like another type.
_QUOTED = re.compile(r"|[\d.]+|true|false|null|[\[{\"].*|\s.*|.*\s")


@attrs.frozen
class Line:
    """One line of a report. `sign` is `+`, `-`, `~` or `>` (renamed); `labels` are its tasks."""

    sign: str
    text: str
    labels: tuple[str, ...]


@attrs.frozen
class Report:
    """A difference in words. `title` names the changed graph; `places` come first."""

    title: str
    headline: str
    risks: tuple[Line, ...]
    lines: tuple[Line, ...]
    places: tuple[Line, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not self.lines and not self.places


def make_report(difference: Difference, title: str = "graph", full: bool = False) -> Report:
    """The report on a difference. `full` shows all values and all labels completely."""
    return _Writer(difference, full).report(title)


@attrs.frozen(slots=False)
class _Writer:
    """Writes the lines of one report."""

    difference: Difference
    full: bool

    @cached_property
    def collapse(self) -> Collapse:
        found = self.difference
        changed = (one.after for one in found.changed)
        return Collapse(compounds((*found.added, *found.removed, *changed)))

    def report(self, title: str) -> Report:
        found = self.difference
        lines = (
            *self.tasks("+", found.added),
            *self.tasks("-", found.removed),
            *self.renames(),
            *(self.group(group) for group in group_changes(found, self.full)),
        )
        places = tuple(self.places())
        return Report(title, _headline(title, found), tuple(self.risks()), lines, places)

    def places(self) -> Iterator[Line]:
        """A line for all places of a kind that changed in the same way, by the kinds of writers.

        `+` for gained places, `-` for lost ones, `>` for those that another task writes now.
        """
        alike: dict[tuple[str, str, str], list[PlaceChange]] = {}
        for change in self.difference.places:
            alike.setdefault((change.sign, change.place.kind, change.writers), []).append(change)
        collapse = Collapse(shown=None if self.full else SHOWN)
        for (sign, kind, writers), some in sorted(alike.items()):
            keys = collapse(change.place.key for change in some)
            number = f", {len(some)} places" if len(some) > 1 else ""
            yield Line(sign, f"{kind} {keys}: {writers}{number}", ())

    def risks(self) -> Iterator[Line]:
        for risk in find_risks(self.difference):
            words = {"scope": "scope ", "pool": "worker pool ", "publish": ""}[risk.sort]
            text = f"{words}{risk.what} in {self.how_many(risk.labels)}"
            yield Line(risk.sign, text, risk.labels)

    def tasks(self, sign: str, tasks: Sequence[Task]) -> Iterator[Line]:
        for kind, labels in _by_kind((task.kind, task.label) for task in tasks):
            yield Line(sign, f"{kind}: {self.how_many(labels)}", labels)

    def renames(self) -> Iterator[Line]:
        renamed = {one.before.label: one for one in self.difference.renamed}
        pairs = _by_kind(
            (f"{one.before.kind}\0{one.after.kind}", old) for old, one in renamed.items()
        )
        for kinds, labels in pairs:
            kind = " -> ".join(dict.fromkeys(kinds.split("\0")))
            new = tuple(renamed[old].after.label for old in labels)
            if self.full:
                for old, label in zip(labels, new, strict=True):
                    yield Line(">", f"{kind}: {old} -> {label}", ())
            else:
                names = f"{self.collapse(labels)} -> {self.collapse(new)}"
                yield Line(">", f"{kind}: {counted(len(labels))} renamed: {names}", new)

    def group(self, group: Group) -> Line:
        every = self.difference.counts[group.kind][1]
        edit = _edit_text(group.edit, None if self.full else WIDTH)
        if group.values > 1:
            edit += f" and {group.values - 1} more values"
        which = self.how_many(group.labels, every)
        return Line("~", f"{group.kind}: {edit} in {which}", group.labels)

    def how_many(self, labels: Sequence[str], of: int = 0) -> str:
        """How many, and which; only the number if these are all."""
        if len(labels) == of:
            return counted(of)
        count = f"{len(labels)} of {counted(of)}" if of else counted(len(labels))
        return count if self.full else f"{count}: {self.collapse(labels)}"


def _headline(title: str, difference: Difference) -> str:
    before, after = difference.totals
    if not difference:
        return f"{title}: {counted(after)}, nothing differs"
    renamed = f" >{len(difference.renamed)}" if difference.renamed else ""
    edited = sum(1 for one in difference.changed if not one.renamed)
    signs = f"+{len(difference.added)} -{len(difference.removed)} ~{edited}{renamed}"
    return f"{title}: {before} -> {counted(after)} ({signs})"


def _by_kind(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    kinds: dict[str, list[str]] = {}
    for kind, label in pairs:
        kinds.setdefault(kind, []).append(label)
    return [(kind, tuple(sorted(labels))) for kind, labels in sorted(kinds.items())]


def _edit_text(edit: Edit, width: int | None) -> str:
    path = path_text(edit.path)
    if edit.ordered:
        return f"{path} in another order"
    if edit.before is MISSING:
        return f"{path} added: {value_text(edit.after, width)}"
    if edit.after is MISSING:
        return f"{path} removed: {value_text(edit.before, width)}"
    return f"{path} {value_text(edit.before, width)} -> {value_text(edit.after, width)}"


def path_text(path: Path) -> str:
    """A path in the usual notation: `payload.env.HOME`, `payload.artifacts[0]`."""
    parts = path[1:] if path[:1] == ("task",) and len(path) > 1 else path
    text = ""
    for part in parts:
        if part == ITEM:
            text += ITEM
        elif isinstance(part, str) and re.fullmatch(r"[\w{}-]+", part):
            text += f".{part}"
        else:
            text += f"[{json.dumps(part, ensure_ascii=False)}]"
    return text.removeprefix(".")


def value_text(value: Found, width: int | None = WIDTH) -> str:
    """A value in one line; a text without quotes unless it looks like another type."""
    plain = isinstance(value, str) and value.isprintable() and not _QUOTED.fullmatch(value)
    text = str(value) if plain else encode(value).decode()
    if width is not None and len(text) > width:
        return f"{text[: width - 3]}..."
    return text
