"""Takes a rehearsal, gives the report: a timeline, what was checked, and where files are.

The page beside it has every task of each phase: state, waiting time, duration and body.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs

from relpro.page.document import GraphShown, page_of
from relpro.page.group import of_group
from relpro.rehearsal.phases import Phase
from relpro.rehearsal.rehearse import Rehearsed
from relpro.submit.times import critical_path, took, words

_PAGE = "report.html"


def markdown(one: Rehearsed) -> str:
    """The report as Markdown."""
    return "\n".join(_lines(one)) + "\n"


def _lines(one: Rehearsed) -> Iterator[str]:
    tasks = sum(len(phase.entries) for phase in one.phases)
    yield f"# {one.product} {one.version}, rehearsed"
    yield ""
    yield f"{tasks} tasks in {words(one.ended - one.began)}, on this machine alone."
    yield ""
    yield "| phase | tasks | seconds | critical path | signed off by |"
    yield "| --- | ---: | ---: | --- | --- |"
    if one.previous:
        seconds = sum(phase.seconds for phase in one.previous)
        tasks = sum(len(phase.entries) for phase in one.previous)
        yield f"| {one.previous_version}, all phases | {tasks} | {seconds:.1f} | | |"
    for phase in one.phases:
        roles = ", ".join(role for role, _ in phase.signed)
        row = (phase.name, len(phase.entries), f"{phase.seconds:.1f}", _path(phase), roles)
        yield f"| {' | '.join(map(str, row))} |"
    yield ""
    if one.went_wrong:
        yield f"What went wrong, as it was to: {'; '.join(one.went_wrong)}."
        yield ""
    yield "## What tasks took"
    yield ""
    yield "| kind | tasks | seconds of workers |"
    yield "| --- | ---: | ---: |"
    for kind, (count, seconds) in _kinds(one.phases).items():
        yield f"| {kind} | {count} | {seconds:.1f} |"
    yield ""
    yield from _updates(one)
    yield "## Files"
    yield ""
    proved = one.proved
    yield (
        f"Of each of the {proved.files} files that were published it is stated what it is of, and"
        f" all {proved.statements} statements hold."
    )
    yield ""
    yield f"- what was published: `{one.folder / 'published'}`"
    yield f"- what is stated of it: `{one.folder / 'provenance'}`"
    yield f"- the repository: `{one.folder / 'repository.git'}`"
    yield f"- every task, on a page that opens offline: `{one.folder / _PAGE}`"


def page(one: Rehearsed) -> bytes:
    """The tasks of each phase as one page (HTML)."""
    return page_of(f"{one.product} {one.version}, rehearsed", map(_shown, one.phases))


def _shown(phase: Phase) -> GraphShown:
    return attrs.evolve(of_group(phase.group, phase.entries), title=phase.name)


def _path(phase: Phase) -> str:
    names = {
        entry["status"]["taskId"]: entry["task"]["metadata"]["name"] for entry in phase.entries
    }
    path = critical_path(phase.entries)
    return ", ".join(f"{names[one.task_id]} {one.ran:.1f} s" for one in path)


def _kinds(phases: tuple[Phase, ...]) -> dict[str, tuple[int, float]]:
    """Kind -> number of tasks, and the seconds that they ran; the slowest first."""
    counts: Counter[str] = Counter()
    seconds: dict[str, float] = {}
    for phase in phases:
        times = took(phase.entries)
        for entry in phase.entries:
            kind = entry["task"].get("tags", {}).get("kind", "")
            counts[kind] += 1
            known = times.get(entry["status"]["taskId"])
            seconds[kind] = seconds.get(kind, 0.0) + (known.ran if known else 0.0)
    longest = sorted(seconds.items(), key=lambda one: (-one[1], one[0]))
    return {kind: (counts[kind], ran) for kind, ran in longest}


def _updates(one: Rehearsed) -> Iterator[str]:
    if not one.clients:
        return
    yield f"## Installations of {one.previous_version}, which updated themselves"
    yield ""
    yield "| platform | locale | asked | became | by |"
    yield "| --- | --- | --- | --- | --- |"
    for client in one.clients:
        by = next((kind for kind in ("partial", "complete") if f"a {kind}" in client.said), "")
        yield (f"| {client.platform} | {client.locale} | {client.asked} | {client.became} | {by} |")
    yield ""


def write(one: Rehearsed) -> Path:
    """Write the report and its page beside the published files; returns the report's path."""
    (one.folder / _PAGE).write_bytes(page(one))
    path = one.folder / "report.md"
    path.write_text(markdown(one), encoding="utf-8")
    return path
