"""What a task is called: the only writer of labels and names, and of the numbers in them.

    shippable-l10n - linux64 - 3 / opt
    kind             stem  chunk  type

What follows the kind is the name.
"""

#: How many digits the number of a chunk has at least; zeros fill up what is shorter.
DIGITS = 1


def chunk_number(chunk: int) -> str:
    """The number of a chunk, from 1, as names have it."""
    return f"{chunk:0{DIGITS}}"


def label_of(kind: str, name: str) -> str:
    """The label of a task of a kind."""
    return f"{kind}-{name}"


def of_chunk(name: str, chunk: int) -> str:
    """The name of a chunk of the same work: `linux/opt`, 3 -> `linux-3/opt`."""
    stem, slash, type_ = name.partition("/")
    return f"{stem}-{chunk_number(chunk)}{slash}{type_}"


def of_all_chunks(name: str, number: str) -> str:
    """The name of the work of which a chunk has a number: `linux-3/opt`, `3` -> `linux/opt`."""
    stem, slash, type_ = name.partition("/")
    return stem.removesuffix(f"-{number}") + slash + type_


def of_locale(name: str, locale: str) -> str:
    """The name of one locale of the same work: `linux/opt`, `de` -> `de-linux/opt`."""
    return f"{locale}-{name}"
