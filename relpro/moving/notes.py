"""Collects notes of an import for people."""

from collections.abc import Iterable
from typing import Final

import attrs

from relpro.errors import Origin

#: Sorts of notes, in the order of reports: manual work, omitted parts.
HAND: Final = "hand"
LEFT_OUT: Final = "left-out"


@attrs.frozen(order=True)
class Note:
    """A note: its place in taskgraph's files, the subject, and what to do or why it was omitted.

    `subject` is the task concerned, as `kind/task`, or empty.
    """

    file: str
    line: int
    sort: str
    what: str
    why: str
    subject: str = ""

    @property
    def place(self) -> str:
        """File and line, in the form that editors open."""
        return str(Origin(self.file, self.line))


@attrs.frozen(eq=False)
class Notebook:
    """The notes of one import, in the order in which they were made, without duplicates."""

    _notes: dict[Note, None] = attrs.field(factory=dict, init=False)

    def hand(self, where: Origin, what: str, why: str, subject: str = "") -> None:
        """Add a note about manual work."""
        self._notes[Note(where.file, where.line, HAND, what, why, subject)] = None

    def left_out(self, where: Origin, what: str, why: str, subject: str = "") -> None:
        """Add a note about a part that relpro does not need, or does in another way."""
        self._notes[Note(where.file, where.line, LEFT_OUT, what, why, subject)] = None

    def of(self, subject: str) -> tuple[Note, ...]:
        """The manual work for one task."""
        return tuple(n for n in self._notes if n.subject == subject and n.sort == HAND)

    def every(self) -> tuple[Note, ...]:
        """All notes, in the order of the files."""
        return tuple(sorted(self._notes))


def of_sort(notes: Iterable[Note], sort: str) -> tuple[Note, ...]:
    """The notes of one sort."""
    return tuple(note for note in notes if note.sort == sort)
