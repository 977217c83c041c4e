"""Takes the phases of tasks, gives the phase of each kind's tasks and its folder."""

from collections.abc import Mapping, Sequence
from typing import Final

from relpro.model.phase import PHASES
from relpro.moving.entries import Entry

#: Stands for a missing phase.
NONE: Final = ""

#: Phase -> its position, after tasks without one.
RANK: Final = {phase: rank for rank, phase in enumerate((NONE, *PHASES))}

Needs = Mapping[str, Sequence[str]]


def task_phases(
    entries: Mapping[str, Sequence[Entry]], needs: Needs
) -> Mapping[str, frozenset[str]]:
    """Kind -> the phases of its tasks; a kind that copies attributes has those of its source."""
    known: dict[str, frozenset[str]] = {}

    def visit(kind: str, trail: tuple[str, ...]) -> frozenset[str]:
        if kind in trail or kind not in entries:
            return frozenset({NONE})
        if kind not in known:
            found: set[str] = set()
            for entry in entries[kind]:
                own = own_phase(entry.data)
                if own is not None:
                    found.add(own)
                    continue
                for upstream in copied_from(entry.data, needs.get(kind, ())):
                    found |= visit(upstream, (*trail, kind))
            known[kind] = frozenset(found or {NONE})
        return known[kind]

    for kind in entries:
        visit(kind, ())
    return known


def own_phase(data: Mapping[str, object]) -> str | None:
    """The phase that a task sets; none of its own if it copies that of another."""
    said = data.get("shipping-phase")
    if isinstance(said, str) and said in RANK:
        return said
    return None if said is None and copied_from(data, ("?",)) else NONE


def copied_from(data: Mapping[str, object], needs: Sequence[str]) -> Sequence[str]:
    """The kinds whose attributes a task copies."""
    section = data.get("from-deps")
    if not isinstance(section, Mapping) or not section.get("copy-attributes"):
        return ()
    kinds = section.get("kinds", needs)
    if not isinstance(kinds, list | tuple):
        return ()
    return tuple(kind for kind in kinds if isinstance(kind, str))


def folders(phases: Mapping[str, frozenset[str]], needs: Needs) -> Mapping[str, str]:
    """Kind -> its folder: the first phase of its tasks, but not before its dependencies'."""
    known: dict[str, str] = {}

    def visit(kind: str, trail: tuple[str, ...]) -> str:
        if kind in trail or kind not in phases:
            return PHASES[0]
        if kind not in known:
            own = min(phases[kind] - {NONE}, key=RANK.__getitem__, default=PHASES[0])
            before = [visit(other, (*trail, kind)) for other in needs.get(kind, ())]
            known[kind] = max([own, *before], key=RANK.__getitem__)
        return known[kind]

    for kind in phases:
        visit(kind, ())
    return known
