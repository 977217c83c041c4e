"""Takes the entries of a task group, gives the page's data: states and times."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relpro.graph.difference.report import Line
from relpro.graph.files import encode
from relpro.page.document import GraphShown
from relpro.submit.group import STATES, Group
from relpro.submit.times import Entry, Took, critical_path, took, words

#: The number of longest-running tasks that are listed.
_LONGEST = 10


def of_group(group: str, entries: Sequence[Entry]) -> GraphShown:
    """The current state of a task group: unsuccessful tasks first, then the slowest ones."""
    found = Group.of(group, entries)
    labels = _labels(found)
    times = took(entries)
    texts: dict[str, bytes] = {}
    about: dict[str, Mapping[str, Any]] = {}
    for entry, member in zip(entries, found.members, strict=True):
        label = labels[member.task_id]
        needs = {labels[one]: labels[one] for one in member.dependencies if one in labels}
        needs.pop(label, None)
        texts[label] = encode(
            {
                "kind": member.kind,
                "label": label,
                "description": entry["task"]["metadata"].get("description", ""),
                "attributes": {"shipping_phase": member.phase} if member.phase else {},
                "dependencies": needs,
                "soft_dependencies": [],
                "if_dependencies": [],
                "optimization": None,
                "task": entry["task"],
            }
        )
        about[label] = {"why": [*_told(member.state, member.reason, times.get(member.task_id))]}
    sections = tuple(_sections(found, labels, entries, times))
    return GraphShown(f"task group {group}", dict(sorted(texts.items())), about, sections)


def _labels(group: Group) -> Mapping[str, str]:
    """Task id -> label; with the id if several tasks have one label."""
    counts = Counter(member.label for member in group.members)
    return {
        one.task_id: one.label if counts[one.label] == 1 else f"{one.label} ({one.task_id})"
        for one in group.members
    }


def _told(state: str, reason: str, time: Took | None) -> Iterator[str]:
    yield f"{state}: {reason}" if reason and reason != state else state
    if time:
        yield f"it waited {words(time.waited)} for a worker, and ran {words(time.ran)}"


def _sections(
    group: Group,
    labels: Mapping[str, str],
    entries: Sequence[Entry],
    times: Mapping[str, Took],
) -> Iterator[tuple[str, tuple[Line, ...]]]:
    by_state: dict[str, list[str]] = {}
    for member in group.members:
        by_state.setdefault(member.state, []).append(labels[member.task_id])
    order = sorted(by_state, key=STATES.index, reverse=True)
    states = (
        Line("", f"{state}: {len(by_state[state])}", tuple(by_state[state])) for state in order
    )
    yield "States", tuple(states)
    if path := critical_path(entries):
        whole = words((path[-1].ended - path[0].ready).total_seconds())
        yield f"Critical path: {whole}", tuple(_line(one, labels) for one in path)
    longest = sorted(times.values(), key=lambda one: (-one.ran, labels[one.task_id]))[:_LONGEST]
    if longest:
        yield "Longest runs", tuple(_line(one, labels) for one in longest)


def _line(time: Took, labels: Mapping[str, str]) -> Line:
    waited = f", after {words(time.waited)} without a worker" if time.waited >= 1 else ""
    label = labels[time.task_id]
    return Line("", f"{words(time.ran)}{waited}: {label}", (label,))
