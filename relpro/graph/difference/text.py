"""Takes reports, gives them in one of the formats: text, Markdown, or JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from relpro.graph.difference.changes import MISSING, Found
from relpro.graph.difference.difference import Difference
from relpro.graph.difference.groups import Group, group_changes
from relpro.graph.difference.places import PlaceChange
from relpro.graph.difference.report import Line, Report
from relpro.graph.difference.risks import find_risks

#: The maximum size of a comment on a pull request, in bytes, less some room for other text.
COMMENT = 60_000


def text_lines(report: Report, full: bool = False) -> Iterator[tuple[str, str]]:
    """The lines of a report for a terminal, each with its sort: a sign, `risk` or empty.

    Changes of places outside the graph come first, marked by `@`.

    `full` lists the labels of every line below it.
    """
    yield "title", report.headline
    for line in report.places:
        yield line.sign, f"  @ {line.sign} {line.text}"
    if report.places:
        yield "", ""
    if report.risks:
        yield "risk", "  risks"
    for line in report.risks:
        yield line.sign, f"  ! {line.sign} {line.text}"
        yield from _labels(line, full)
    if report.risks:
        yield "", ""
    for line in report.lines:
        yield line.sign, f"  {line.sign} {line.text}"
        yield from _labels(line, full)


def _labels(line: Line, full: bool) -> Iterator[tuple[str, str]]:
    if full and len(line.labels) > 0:
        yield from (("", f"        {label}") for label in line.labels)


def write_text(reports: Sequence[Report], full: bool = False) -> str:
    """The reports as plain text, ending in a newline."""
    parts = ["\n".join(line for _, line in text_lines(report, full)) for report in reports]
    return "\n\n".join(parts) + "\n"


def write_markdown(reports: Sequence[Report], full: bool = False, limit: int = COMMENT) -> str:
    """The reports as a comment on a pull request, of fewer than `limit` bytes.

    Risks of all reports come first; changes that do not fit are counted.
    """
    heads = [_head(report) for report in reports]
    room = limit - sum(len(head.encode()) + 200 for head in heads)
    parts = []
    for report, head in zip(reports, heads, strict=True):
        body = _fenced(report, full, room // len(reports))
        parts.append(f"{head}{body}")
    text = "\n".join(parts)
    return text if len(text.encode()) < limit else _cut(text, limit)


def _head(report: Report) -> str:
    head = f"### {report.headline}\n"
    if report.places:
        places = "".join(f"{line.sign} {line.text}\n" for line in report.places)
        head += f"\n**Places**\n\n```diff\n{places}```\n"
    if not report.risks:
        return head
    lines = "".join(f"{line.sign} {line.text}\n" for line in report.risks)
    return f"{head}\n**Risks**\n\n```diff\n{lines}```\n"


def _fenced(report: Report, full: bool, room: int) -> str:
    """The changes in a code block, as many as fit."""
    kept: list[str] = []
    left = room
    for place, line in enumerate(report.lines):
        shown = f"{line.sign} {line.text}\n"
        if full:
            shown += "".join(f"    {label}\n" for label in line.labels)
        left -= len(shown.encode())
        if left < 0:
            kept.append(f"# ... {len(report.lines) - place} more lines: run `relpro diff`\n")
            break
        kept.append(shown)
    return f"\n```diff\n{''.join(kept)}```\n" if kept else ""


def _cut(text: str, limit: int) -> str:
    """The start of a text that is too long because of its risks alone."""
    end = "\n```\n\n**This comment is too short for all risks: run `relpro diff`.**\n"
    room = limit - len(end.encode()) - 1
    return text.encode()[:room].decode(errors="ignore") + end


def to_data(title: str, difference: Difference) -> dict[str, Any]:
    """A difference as JSON. Lists of labels are complete."""
    before, after = difference.totals
    return {
        "title": title,
        "tasks": {"before": before, "after": after},
        "places": [_place_data(change) for change in difference.places],
        "risks": [
            {"sort": r.sort, "sign": r.sign, "what": r.what, "labels": r.labels}
            for r in find_risks(difference)
        ],
        "added": [task.label for task in difference.added],
        "removed": [task.label for task in difference.removed],
        "renamed": {one.before.label: one.after.label for one in difference.renamed},
        "changed": [_group_data(group) for group in group_changes(difference, every=True)],
    }


def _place_data(change: PlaceChange) -> dict[str, object]:
    return {
        "sign": change.sign,
        "place": change.place.kind,
        "key": change.place.key,
        "source": change.source,
        "before": [task.label for task in change.before],
        "after": [task.label for task in change.after],
    }


def _group_data(group: Group) -> dict[str, object]:
    edit = group.edit
    values: dict[str, Found] = {"before": edit.before, "after": edit.after}
    return {
        "kind": group.kind,
        "path": edit.path,
        **{name: value for name, value in values.items() if value is not MISSING},
        "ordered": edit.ordered,
        "labels": group.labels,
    }
