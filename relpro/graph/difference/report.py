"""Takes a difference, gives the lines of a report: risks first, then one line for each change."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

import attrs

from relpro.graph.difference.changes import MISSING, Found, Path
from relpro.graph.difference.collapse import collapse
from relpro.graph.difference.difference import Changed, Difference
from relpro.graph.difference.groups import ITEM, Edit, Group, group_changes
from relpro.graph.difference.risks import Risk, find_risks
from relpro.graph.files import encode
from relpro.model.task import Task

#: Signs of one value that are shown, where it is not asked for all.
WIDTH = 120


@attrs.frozen
class Line:
    """One line of a report. `sign` is `+`, `-`, `~` or `>` (renamed); `labels` are its tasks."""

    sign: str
    text: str
    labels: tuple[str, ...]


@attrs.frozen
class Report:
    """A difference in words. `title` names the graph that differs."""

    title: str
    headline: str
    risks: tuple[Line, ...]
    lines: tuple[Line, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not self.lines


def make_report(difference: Difference, title: str = "graph", full: bool = False) -> Report:
    """The report on a difference. `full` shows all of every value and every label."""
    risks = tuple(_risk_line(risk, full) for risk in find_risks(difference))
    lines = (
        *_tasks("+", difference.added, full),
        *_tasks("-", difference.removed, full),
        *_renames(difference.renamed, full),
        *(_group_line(group, difference, full) for group in group_changes(difference, full)),
    )
    return Report(title, _headline(title, difference), risks, lines)


def _headline(title: str, difference: Difference) -> str:
    before, after = difference.totals
    if not difference:
        return f"{title}: {after} tasks, nothing differs"
    renamed = f" >{len(difference.renamed)}" if difference.renamed else ""
    edited = sum(1 for one in difference.changed if not one.renamed)
    signs = f"+{len(difference.added)} -{len(difference.removed)} ~{edited}{renamed}"
    return f"{title}: {before} -> {after} tasks ({signs})"


def _risk_line(risk: Risk, full: bool) -> Line:
    words = {"scope": "scope ", "pool": "worker pool ", "publish": ""}[risk.sort]
    text = f"{words}{risk.what} in {_tasks_in(risk.labels, full)}"
    return Line(risk.sign, text, risk.labels)


def _tasks(sign: str, tasks: Sequence[Task], full: bool) -> Iterator[Line]:
    for kind, labels in _by_kind((task.kind, task.label) for task in tasks):
        yield Line(sign, f"{kind}: {_tasks_in(labels, full)}", labels)


def _renames(renamed: Sequence[Changed], full: bool) -> Iterator[Line]:
    new = {one.before.label: one.after.label for one in renamed}
    pairs = _by_kind((f"{one.before.kind}\0{one.after.kind}", one.before.label) for one in renamed)
    for kinds, labels in pairs:
        old_kind, _, new_kind = kinds.partition("\0")
        kind = old_kind if old_kind == new_kind else f"{old_kind} -> {new_kind}"
        if full:
            yield from (Line(">", f"{kind}: {old} -> {new[old]}", (new[old],)) for old in labels)
            continue
        names = f"{collapse(labels)} -> {collapse(new[old] for old in labels)}"
        came = tuple(new[old] for old in labels)
        yield Line(">", f"{kind}: {_counted(labels)} renamed: {names}", came)


def _by_kind(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    kinds: dict[str, list[str]] = {}
    for kind, label in pairs:
        kinds.setdefault(kind, []).append(label)
    return [(kind, tuple(sorted(labels))) for kind, labels in sorted(kinds.items())]


def _group_line(group: Group, difference: Difference, full: bool) -> Line:
    every = difference.counts[group.kind][1]
    which = _counted(group.labels)
    if len(group.labels) < every:
        which = f"{len(group.labels)} of {_tasks_in(group.labels, full, every)}"
    edit = _edit_text(group.edit, WIDTH if not full else None)
    if group.values > 1:
        edit += f" and {group.values - 1} more values"
    return Line("~", f"{group.kind}: {edit} in {which}", group.labels)


def _tasks_in(labels: Sequence[str], full: bool, of: int = 0) -> str:
    count = f"{of} tasks" if of else _counted(labels)
    return count if full else f"{count}: {collapse(labels)}"


def _counted(labels: Sequence[str]) -> str:
    return f"{len(labels)} task{'s' if len(labels) != 1 else ''}"


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
    """A path as people write it: `payload.env.HOME`, `payload.artifacts[0]`."""
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
    """A value in one line: texts as they are, where nobody could take them for something else."""
    plain = isinstance(value, str) and re.fullmatch(r"[^\s\"'](?:[^\n]*\S)?", value)
    if plain and isinstance(value, str) and not re.fullmatch(r"[\d.]+|true|false|null|[\[{].*", value):
        text = value if value.isprintable() else json.dumps(value)
    else:
        text = encode(value).decode()
    if width is not None and len(text) > width:
        return f"{text[: width - 3]}..."
    return text
