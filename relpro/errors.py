"""Errors: every message says what is wrong, where, why, and what to do.

A `Diagnostic` is data: any number of them are collected and raised together in one `RelproError`.
`render` makes the text when it is printed.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

import attrs

from relpro.codes import CATALOGUE

#: The most diagnostics shown for one failure; others are counted.
SHOWN = 20

#: The most places shown for one diagnostic; others are counted.
PLACES = 8


@attrs.frozen
class Origin:
    """The place where something was written.

    `file` is relative to the project's root if it is inside; `line` and `column` count from 1, and
    0 means "the whole file"; `path` is the path to the value inside the file.
    """

    file: str
    line: int = 0
    column: int = 0
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


@attrs.frozen
class Diagnostic:
    """One error.

    `what` stands alone in a log; `where` holds every place concerned, the culprit first; `context`
    names the task or kind in hand; `why` and `remedy` may be empty. `said` is a text of the task
    that is wrong, where the culprit is an entry: by it the line is found, below the keys `within`
    of the entry where there are any.
    `raised` is what a function of the project raised.
    """

    code: str = attrs.field(validator=attrs.validators.in_(CATALOGUE))
    what: str
    where: tuple[Origin, ...] = ()
    context: str = ""
    why: str = ""
    remedy: str = ""
    said: str = ""
    within: tuple[str, ...] = ()
    raised: BaseException | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Sorts diagnostics by file and line."""
        place = self.where[0] if self.where else Origin("~")
        return (place.file, place.line, place.column, self.code, self.what)


class RelproError(Exception):
    """An error that the user can fix. Has every diagnostic of one stage, sorted."""

    exit_code: ClassVar[int] = 2

    def __init__(self, *diagnostics: Diagnostic) -> None:
        self.diagnostics = tuple(sorted(_merged(diagnostics), key=lambda d: d.sort_key))
        super().__init__(render(self.diagnostics))


def _merged(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """One diagnostic for many tasks with an error in one line; it names the first and a count.

    The culprit comes first; the other places, which may differ from task to task, are listed.
    """
    for first, *others in _alike(dict.fromkeys(diagnostics), lambda one: one.what):
        if others and first.where:
            yield _with_others(first, others, f"and {len(others)} more")
        else:
            yield from (first, *others)


def _alike(
    diagnostics: Iterable[Diagnostic], words: Callable[[Diagnostic], str]
) -> Iterable[list[Diagnostic]]:
    """Those with the same code, line and words, in their order."""
    found: dict[tuple[str, str, tuple[Origin, ...]], list[Diagnostic]] = {}
    for one in diagnostics:
        found.setdefault((one.code, words(one), one.where[:1]), []).append(one)
    return found.values()


def _with_others(first: Diagnostic, others: Iterable[Diagnostic], more: str) -> Diagnostic:
    """The first of several, with the places of all; `more` is the number of others."""
    further = dict.fromkeys(place for one in (first, *others) for place in one.where[1:])
    context = f"{first.context}, {more}" if first.context else more
    return attrs.evolve(first, where=(first.where[0], *further), context=context)


class Unreachable(RelproError):
    """Taskcluster or the network failed (exit code 3)."""

    exit_code = 3


class Refused(RelproError):
    """The request is valid, but not allowed: drift, policy, strict reuse (exit code 4)."""

    exit_code = 4


def raise_all(diagnostics: Iterable[Diagnostic]) -> None:
    """Raise one `RelproError` with all diagnostics, if there are any."""
    found = tuple(diagnostics)
    if found:
        raise RelproError(*found)


#: The preferred maximum width of a message.
WIDTH = 100

#: Codes about the value of a key; the others are about the key itself.
_ABOUT_VALUES = frozenset(
    {
        *("K201", "K205", "K209", "K211", "K215", "P501", "T401", "T402", "T403", "T413"),
        *("G304", "G305", "G315", "G383"),
    }
)

# A token of a YAML line: quoted, in brackets, between brackets, or plain.
_CLOSED = re.compile(r"""\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|\{[^{}]*\}|\[[^\[\]]*\]""")
_BRACKETED = re.compile(r".+?(?=\s+#|\s*$)")
_FLOW = re.compile(r"[^,\[\]{}]+?(?=\s*(?::\s|:$|[,\]}]|\s#|$))")
_BLOCK = re.compile(r".+?(?=\s*:(?:\s|$)|\s+#|\s*$)")
#: The text between a key and its value, if they are on the same line (and no `|` or `>` block).
_COLON = re.compile(r"\s*:\s+(?=[^\s#|>])")

#: Returns the text of a line of a file, or None if it is not available.
ReadLine = Callable[[str, int], str | None]


def render(
    diagnostics: Iterable[Diagnostic],
    read_line: ReadLine = lambda *_: None,
    word: str = "error",
) -> str:
    """The text of at most `SHOWN` diagnostics, then a count of the others.

    `word` is their severity.
    """
    every = tuple(_told_once(diagnostics))
    shown = ["\n".join(_lines(diagnostic, read_line, word)) for diagnostic in every[:SHOWN]]
    if len(every) > SHOWN:
        shown.append(f"... and {len(every) - SHOWN} more")
    return "\n\n".join(shown)


# The tasks that a message names, and all names and numbers in it.
_TASKS = re.compile(r"tasks? (`[^`]*`(?:(?: and|,) `[^`]*`)*)")
_NAMED = re.compile(r"`[^`]*`|[0-9][0-9,]*")


def _told_once(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """For tasks with the same error in one line, the first and a count.

    Errors are the same if they differ only in names and numbers. The task that is named gets its
    complete messages.
    """
    for first, *others in _alike(diagnostics, _words):
        tasks = len({*map(_about, (first, *others))})
        if tasks > 1 and first.where:
            more = f"and {tasks - 1} more task{'s' if tasks > 2 else ''}"
            yield _with_others(first, others, more)
            yield from (one for one in others if _about(one) == _about(first))
        else:
            yield from (first, *others)


def _words(diagnostic: Diagnostic) -> str:
    """The error, without names and numbers if it is about tasks."""
    return _NAMED.sub("``", diagnostic.what) if _about(diagnostic) else diagnostic.what


def _about(diagnostic: Diagnostic) -> str:
    """The tasks that a message names; empty if it is about something else."""
    found = _TASKS.match(diagnostic.what)
    return found[1] if found else ""


def warnings(diagnostics: Iterable[Diagnostic], read_line: ReadLine) -> str:
    """The text of diagnostics that are only warnings. Empty if there are none."""
    every = sorted(_merged(diagnostics), key=lambda one: one.sort_key)
    return render(every, read_line, "warning")


def _lines(diagnostic: Diagnostic, read_line: ReadLine, word: str) -> Iterator[str]:
    yield f"{word}[{diagnostic.code}]: {diagnostic.what}"
    context = f"   ({diagnostic.context})" if diagnostic.context else ""
    for place in diagnostic.where[:PLACES]:
        yield f"  --> {place}{context}"
        context = ""
    if len(diagnostic.where) > PLACES:
        yield f"  --> ... and {len(diagnostic.where) - PLACES} more places"
    if context:
        yield f"  in{context}"
    remedy = diagnostic.remedy
    for line in _snippet(diagnostic, read_line):
        if line.endswith("^") and remedy and len(line) + len(remedy) < WIDTH:
            yield f"{line} {remedy}"
            remedy = ""
        else:
            yield line
    if diagnostic.why:
        yield f"why: {diagnostic.why}"
    if remedy:
        yield f"help: {remedy}"


def _snippet(diagnostic: Diagnostic, read_line: ReadLine) -> Iterator[str]:
    """The line of the culprit and, if its column is known, a second line that marks it."""
    place = diagnostic.where[0] if diagnostic.where else Origin("")
    text = read_line(place.file, place.line) if place.line else None
    if text is None or not text.strip():
        return
    text = "".join(sign if sign.isprintable() else " " for sign in text.rstrip())
    start = min(place.column - 1, len(text))
    start, end = _culprit(text, start, diagnostic.code in _ABOUT_VALUES) if start >= 0 else (0, 0)
    number = f"{place.line:>2}"
    text, shift = _window(text, start, WIDTH - len(number) - len(" | "))
    yield f"{number} | {text}"
    if place.column:
        length = max(1, min(end - shift, len(text)) - (start - shift))
        yield f"{'':{len(number)}} | {'':{start - shift}}{'^' * length}"


def _culprit(text: str, start: int, is_value: bool) -> tuple[int, int]:
    """The start and end of the key at `start` of a line, or of the value after it."""
    key = _token(text, start)
    if is_value and (colon := _COLON.match(text, key[1])):
        return _token(text, colon.end())
    return key


def _token(text: str, start: int) -> tuple[int, int]:
    before = text[:start]
    in_flow = any(before.count(left) > before.count(right) for left, right in ("[]", "{}"))
    pattern = _BRACKETED if text[start : start + 1] in {"[", "{"} else _BLOCK
    match = _CLOSED.match(text, start) or (_FLOW if in_flow else pattern).match(text, start)
    return match.span() if match else (start, start + 1)


def _window(text: str, start: int, width: int) -> tuple[str, int]:
    """The part of a long line around `start`, and its offset."""
    if len(text) <= width:
        return text, 0
    begin = max(0, min(start - width // 2, len(text) - width))
    shown = text[begin : begin + width]
    head, tail = "..." if begin else "", "..." if begin + width < len(text) else ""
    return head + shown[len(head) : width - len(tail)] + tail, begin
