"""What a task is called: the only writer of labels and names, and of the numbers in them.

    shippable-l10n - linux64 - 3 / opt
    kind             stem  suffix  type

What follows the kind is the name; a suffix is the number of a chunk.
"""

import attrs

#: How many digits the number of a chunk has at least; zeros fill up what is shorter.
DIGITS = 1


def chunk_number(chunk: int) -> str:
    """The number of a chunk, from 1, as names have it."""
    return f"{chunk:0{DIGITS}}"


def label_of(kind: str, name: str) -> str:
    """The label of a task of a kind."""
    return f"{kind}-{name}"


@attrs.frozen
class Name:
    """The name of a task within its kind: stem and suffixes, and the type after a slash, if any."""

    stem: str
    type: str | None = None
    suffixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Name":
        """The parts of a name. What looks like a number may belong to the stem, and stays there."""
        stem, slash, type_ = text.partition("/")
        return cls(stem, type_ if slash else None)

    def chunk(self, number: int) -> "Name":
        """That of a chunk of the same work: `linux/opt`, 3 -> `linux-3/opt`."""
        return attrs.evolve(self, suffixes=(*self.suffixes, chunk_number(number)))

    def whole(self, number: str) -> "Name":
        """That of the work of which a chunk has a number: `linux-3/opt`, `3` -> `linux/opt`."""
        return attrs.evolve(self, stem=self.stem.removesuffix(f"-{number}"))

    def locale(self, locale: str) -> "Name":
        """That of one locale of the same work: `linux/opt`, `de` -> `de-linux/opt`."""
        return attrs.evolve(self, stem=f"{locale}-{self.stem}")

    def __str__(self) -> str:
        head = "-".join((self.stem, *self.suffixes))
        return head if self.type is None else f"{head}/{self.type}"
