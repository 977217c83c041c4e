"""Takes labels, gives one short text for them all: what they share once, what varies in braces."""

import re
from collections.abc import Iterable, Sequence

_Words = tuple[str, ...]
#: A word with the sign before it; joined, the words of a label are the label.
_WORD = re.compile(r"[-/:.]?[^-/:.]*")

#: Alternatives shown of one place in a label, where no more are asked for.
SHOWN = 4


def collapse(labels: Iterable[str], shown: int | None = SHOWN) -> str:
    """The labels in one text: `a-{x,y}-{1,2}` for four of them, in alphabetical order.

    Of more than `shown` alternatives in one place the rest is counted: `a-{1,2,3,4,...96 more}`;
    None shows all.
    """
    words = sorted({tuple(_WORD.findall(label)[:-1]) or ("",) for label in labels})
    return _joined(words, shown)


def _joined(labels: Sequence[_Words], shown: int | None) -> str:
    """The common head, the alternatives, the common tail."""
    head = _shared(labels)
    rest = [label[head:] for label in labels]
    tail = _shared([label[::-1] for label in rest])
    middle = sorted({label[: len(label) - tail] for label in rest})
    start, end = "".join(labels[0][:head]), "".join(labels[0][len(labels[0]) - tail :] if tail else ())
    if middle == [()]:
        return start + end
    return start + _alternatives(middle, shown) + end


def _shared(labels: Sequence[_Words]) -> int:
    """How many words all labels have in common at their start."""
    if len(labels) < 2:
        return len(labels[0]) if labels else 0
    first, last = min(labels), max(labels)
    pairs = zip(first, last, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(first), len(last)))


def _alternatives(labels: Sequence[_Words], shown: int | None) -> str:
    """Labels that differ from their first word on; equal continuations are written once."""
    by_head: dict[_Words, list[_Words]] = {}
    for head, rests in _by_first(labels).items():
        more = _shared(rests) if head else 0
        by_head[head + rests[0][:more]] = [rest[more:] for rest in rests]
    by_rest: dict[tuple[_Words, ...], list[str]] = {}
    for head, rests in by_head.items():
        by_rest.setdefault(tuple(rests), []).append("".join(head))
    if len(by_rest) == 1:
        ((rests, heads),) = by_rest.items()
        return _braced(heads, shown) + (_alternatives(rests, shown) if rests != ((),) else "")
    texts: list[str] = []
    for rests, heads in by_rest.items():
        if rests == ((),):
            texts += heads
        else:
            texts.append(_braced(heads, shown) + _alternatives(rests, shown))
    return _braced(texts, shown)


def _by_first(labels: Sequence[_Words]) -> dict[_Words, list[_Words]]:
    groups: dict[_Words, list[_Words]] = {}
    for label in labels:
        groups.setdefault(label[:1], []).append(label[1:])
    return groups


def _braced(texts: Sequence[str], shown: int | None) -> str:
    """Alternatives in braces, with the sign before them outside where they all have one."""
    if len(texts) == 1:
        return texts[0]
    sign = texts[0][:1]
    if sign not in {"-", "/", ":", "."} or any(text[:1] != sign for text in texts):
        sign = ""
    bare = [text[len(sign) :] for text in texts]
    if shown is not None and len(bare) > shown + 1:
        bare = [*bare[:shown], f"...{len(bare) - shown} more"]
    return f"{sign}{{{','.join(bare)}}}"
