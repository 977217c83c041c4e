"""Takes labels, gives one short text for all: common parts once, alternatives in braces."""

import re
from collections.abc import Iterable, Sequence

import attrs

from relpro.graph.difference.own_words import SIGNS

_Words = tuple[str, ...]
_SIGN = f"[{re.escape(SIGNS)}]"

#: The default number of alternatives shown for one place in a label.
SHOWN = 4


@attrs.frozen
class Collapse:
    """Collapses labels. `compounds` are words that are never split: `pt-BR`, longest first."""

    compounds: tuple[str, ...] = ()
    shown: int | None = SHOWN
    _word: re.Pattern[str] = attrs.field(init=False, repr=False)

    @_word.default
    def _compile(self) -> re.Pattern[str]:
        words = "".join(f"{re.escape(word)}(?={_SIGN}|$)|" for word in self.compounds)
        return re.compile(f"{_SIGN}?(?:{words}[^{re.escape(SIGNS)}]*)")

    def __call__(self, labels: Iterable[str]) -> str:
        """The labels in one text, in alphabetical order: `a-{x,y}-{1,2}` for four labels.

        If a place has more than `shown` alternatives, the others are counted: `a-{1,2,3,4,...96
        more}`; with None all are shown.
        """
        words = sorted({tuple(filter(None, self._word.findall(label))) for label in labels})
        return _joined(words, self.shown) if words else ""


def _joined(labels: Sequence[_Words], shown: int | None) -> str:
    """The common prefix, the alternatives, and the common suffix."""
    head = _shared(labels)
    rest = [label[head:] for label in labels]
    tail = _shared([label[::-1] for label in rest])
    middle = sorted({label[: len(label) - tail] for label in rest})
    start, end = "".join(labels[0][:head]), "".join(rest[0][len(rest[0]) - tail :])
    if middle == [()]:
        return start + end
    return start + _alternatives(middle, shown) + end


def _shared(labels: Sequence[_Words]) -> int:
    """The number of leading words that all labels have in common."""
    if len(labels) < 2:
        return len(labels[0]) if labels else 0
    first, last = min(labels), max(labels)
    pairs = zip(first, last, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(first), len(last)))


def _alternatives(labels: Sequence[_Words], shown: int | None) -> str:
    """Labels that differ in their first word; equal continuations are written once."""
    by_rest: dict[tuple[_Words, ...], list[str]] = {}
    for head, rests in _by_first(labels).items():
        more = _shared(rests) if head else 0
        start = "".join(head + rests[0][:more])
        by_rest.setdefault(tuple(rest[more:] for rest in rests), []).append(start)
    texts: list[str] = []
    for continuations, heads in by_rest.items():
        if continuations == ((),):
            texts += heads
        else:
            texts.append(_braced(heads, shown) + _alternatives(continuations, shown))
    return _braced(texts, shown)


def _by_first(labels: Sequence[_Words]) -> dict[_Words, list[_Words]]:
    groups: dict[_Words, list[_Words]] = {}
    for label in labels:
        groups.setdefault(label[:1], []).append(label[1:])
    return groups


def _braced(texts: Sequence[str], shown: int | None) -> str:
    """Alternatives in braces; a separator that precedes all of them is put before the brace."""
    if len(texts) == 1:
        return texts[0]
    sign = texts[0][:1]
    if sign not in {"-", "/", ":", "."} or any(text[:1] != sign for text in texts):
        sign = ""
    bare = [text[len(sign) :] for text in texts]
    if shown is not None and len(bare) > shown + 1:
        bare = [*bare[:shown], f"...{len(bare) - shown} more"]
    return f"{sign}{{{','.join(bare)}}}"
