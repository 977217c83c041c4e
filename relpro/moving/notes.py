"""Takes what an import comes upon, keeps what people must know of it."""

from collections.abc import Iterable
from typing import Final

import attrs

from relpro.errors import Origin

#: Sorts of notes, in the order in which they are told: what a hand must do, what is left out.
HAND: Final = "hand"
LEFT_OUT: Final = "left-out"


@attrs.frozen(order=True)
class Note:
    """One thing: where it stands in taskgraph's files, what it is, and what to do or why it went.

    `subject` is the task that it is of, as `kind/task`, or empty.
    """

    file: str
    line: int
    sort: str
    what: str
    why: str
    subject: str = ""

    @property
    def place(self) -> str:
        """File and line, as editors open them."""
        return str(Origin(self.file, self.line))


@attrs.frozen(eq=False)
class Notebook:
    """The notes of one import, in the order in which they were made; each is kept once."""

    _notes: dict[Note, None] = attrs.field(factory=dict, init=False)

    def hand(self, where: Origin, what: str, why: str, subject: str = "") -> None:
        """Something that a hand must write or decide."""
        self._notes[Note(where.file, where.line, HAND, what, why, subject)] = None

    def left_out(self, where: Origin, what: str, why: str, subject: str = "") -> None:
        """Something that relpro does not need, or does otherwise."""
        self._notes[Note(where.file, where.line, LEFT_OUT, what, why, subject)] = None

    def of(self, subject: str) -> tuple[Note, ...]:
        """What a hand must do about one task."""
        return tuple(n for n in self._notes if n.subject == subject and n.sort == HAND)

    def every(self) -> tuple[Note, ...]:
        """All notes, as a reader walks through the files."""
        return tuple(sorted(self._notes))


def of_sort(notes: Iterable[Note], sort: str) -> tuple[Note, ...]:
    """The notes of one sort."""
    return tuple(note for note in notes if note.sort == sort)
