r"""Takes regular expressions as people write them, gives which texts they match, in linear time.

`re` backtracks: `(a+)+b` can take exponential time. Here all alternatives advance together, so a
text takes one step for each character, each over at most `MOST_STATES` states.

Supported syntax: characters, `.`, `[classes]`, `\d` and the like, `(groups)`, `|`, and `?`, `*`,
`+`, `{2}`, `{2,}`, `{2,3}`. The meaning is that of `re.fullmatch`.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache, cached_property

import attrs

#: The most states of a pattern: about its length, times the repetitions of each part.
MOST_STATES = 1000

_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[dDsSwW]|[^0-9A-Za-z]|[aftnrv])")
_GROUP = re.compile(r"\((?:\?:|\?P<\w+>|(?!\?))")
_COUNT = re.compile(r"\{([0-9]*)(?:(,)([0-9]*))?\}")
_QUANTIFIERS = {"?": (0, 1), "*": (0, None), "+": (1, None)}

#: Conditions of states that consume no character: none, the start of the text, its end.
_Wait = Enum("_Wait", ["NOTHING", "BEGIN", "END"])
_ANCHORS = {"^": _Wait.BEGIN, "\\A": _Wait.BEGIN, "$": _Wait.END, "\\Z": _Wait.END}

_Sign = re.Pattern[str] | _Wait


class NoPattern(ValueError):
    """A text is not a regular expression, or cannot be matched in linear time."""


@attrs.frozen(eq=False, slots=False)
class Pattern:
    """A compiled regular expression.

    `signs` has the condition of each state, `onward` the states that follow it. The last state
    accepts.
    """

    pattern: str
    _signs: tuple[_Sign, ...] = attrs.field(repr=False)
    _onward: tuple[tuple[int, ...], ...] = attrs.field(repr=False)
    _known: dict[tuple[frozenset[int], str], frozenset[int]] = attrs.field(
        factory=dict, init=False, repr=False
    )

    @staticmethod
    @cache
    def of(text: str) -> "Pattern":
        """The pattern for `text`. Raises `NoPattern`, which says what is wrong."""
        try:
            re.compile(text)
            return _Parser(text).pattern()
        except (re.error, OverflowError) as error:
            raise NoPattern(str(error)) from None
        except RecursionError:
            raise NoPattern("its groups are nested too deep") from None

    def fullmatch(self, text: str) -> bool:
        """Whether the pattern matches the whole text."""
        *_, states = self._ways(text)
        return self._ends(states, text)

    def match(self, text: str) -> bool:
        """Whether the pattern matches a prefix of the text."""
        last = len(self._signs) - 1
        for states in self._ways(text):
            if last in states:
                return True
        return self._ends(states, text)

    def _ways(self, text: str) -> Iterator[frozenset[int]]:
        """The states before each character of a text, and those after the last one."""
        states = self._begin
        yield states
        for sign in text:
            key = states, sign
            if (following := self._known.get(key)) is None:
                following = self._known[key] = self._after(states, sign)
            states = following
            yield states
            if not states:
                return

    @cached_property
    def _begin(self) -> frozenset[int]:
        return self._reached([0], _Wait.NOTHING, _Wait.BEGIN)

    def _ends(self, states: frozenset[int], text: str) -> bool:
        reached = self._reached(states, _Wait.NOTHING, _Wait.END) if text else self._empty
        return len(self._signs) - 1 in reached

    @cached_property
    def _empty(self) -> frozenset[int]:
        return self._reached([0], *_Wait)

    def _after(self, states: frozenset[int], sign: str) -> frozenset[int]:
        waiting = ((at, self._signs[at]) for at in states)
        met = (at for at, one in waiting if isinstance(one, re.Pattern) and one.match(sign))
        return self._reached([to for at in met for to in self._onward[at]], _Wait.NOTHING)

    def _reached(self, states: Iterable[int], *passed: _Wait) -> frozenset[int]:
        """The states reachable without a character, where the conditions in `passed` hold."""
        seen, pending = set(states), list(states)
        while pending:
            at = pending.pop()
            if self._signs[at] in passed:
                more = [to for to in self._onward[at] if to not in seen]
                seen.update(more)
                pending += more
        last = len(self._signs) - 1
        return frozenset(at for at in seen if self._signs[at] is not _Wait.NOTHING or at == last)


class _Parser:
    """Parses one expression. Each method returns the first state of its part and the next one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._signs: list[_Sign] = []
        self._onward: list[list[int]] = []

    def pattern(self) -> Pattern:
        _, end = self._either()
        if self._at < len(self._text):
            raise NoPattern(f"unbalanced parenthesis at position {self._at}")
        last = self._state(_Wait.NOTHING)
        self._onward[end].append(last)
        return Pattern(self._text, tuple(self._signs), tuple(map(tuple, self._onward)))

    def _state(self, sign: _Sign) -> int:
        if len(self._signs) >= MOST_STATES:
            raise NoPattern(f"it has more than {MOST_STATES} parts, counting what is repeated")
        self._signs.append(sign)
        self._onward.append([])
        return len(self._signs) - 1

    def _either(self) -> tuple[int, int]:
        """Parses alternatives, up to the end or a closing parenthesis."""
        begin, end = self._state(_Wait.NOTHING), self._state(_Wait.NOTHING)
        while True:
            first, last = self._row()
            self._onward[begin].append(first)
            self._onward[last].append(end)
            if not self._take("|"):
                return begin, end

    def _row(self) -> tuple[int, int]:
        begin = end = self._state(_Wait.NOTHING)
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            first, last = self._repeated()
            self._onward[end].append(first)
            end = last
        return begin, end

    def _repeated(self) -> tuple[int, int]:
        """Parses a part and its repetition: it is read again for each repetition."""
        start = self._at
        first, last = self._part()
        after = self._at
        least, most = self._times()
        end = self._at
        begin, leave = self._state(_Wait.NOTHING), self._state(_Wait.NOTHING)
        if (least, most) == (1, 1):
            return first, last
        at, copies = begin, max(least, most or 1, 1)
        for number in range(copies):
            if number:
                self._at = start
                first, last = self._part()
            if number >= least:
                self._onward[at].append(leave)
            self._onward[at].append(first)
            at = last
        if most is None:
            self._onward[last].append(first)
        if most == 0:
            self._onward[begin] = [leave]
        self._onward[at].append(leave)
        self._at = max(after, end)
        return begin, leave

    def _times(self) -> tuple[int, int | None]:
        least, most = 1, 1
        found: tuple[int, int | None] | None = None
        if self._at < len(self._text) and self._text[self._at] in _QUANTIFIERS:
            found = _QUANTIFIERS[self._text[self._at]]
            self._at += 1
        elif (match := _COUNT.match(self._text, self._at)) and match[0] != "{}":
            low, comma, high = match.groups()
            upper = int(high) if high else None
            found = int(low or 0), upper if comma else int(low)
            self._at = match.end()
        if found is None:
            return least, most
        # Greedy or not makes no difference to whether the whole text matches.
        if self._text[self._at : self._at + 1] == "+":
            raise NoPattern(f"possessive `+` at position {self._at} is not for patterns here")
        self._take("?")
        return found

    def _part(self) -> tuple[int, int]:
        """Parses a character, a class or a group."""
        if match := _GROUP.match(self._text, self._at):
            self._at = match.end()
            part = self._either()
            if not self._take(")"):
                raise NoPattern(f"unterminated group at position {self._at}")
            return part
        for anchor, wait in _ANCHORS.items():
            if self._text.startswith(anchor, self._at):
                self._at += len(anchor)
                return self._sign(wait)
        return self._sign(_compiled(self._one()))

    def _one(self) -> str:
        """The source text of one character or class."""
        sign = self._text[self._at]
        if sign == "[":
            match = _CLASS.match(self._text, self._at)
        elif sign == "\\":
            match = _ESCAPE.match(self._text, self._at)
        elif sign == "(":
            match = None
        else:
            self._at += 1
            return "." if sign == "." else re.escape(sign)
        if match is None:
            shown = self._text[self._at : self._at + 4]
            raise NoPattern(f"`{shown}` at position {self._at} is not for patterns here")
        self._at = match.end()
        return match[0]

    def _sign(self, sign: _Sign) -> tuple[int, int]:
        begin, end = self._state(sign), self._state(_Wait.NOTHING)
        self._onward[begin].append(end)
        return begin, end

    def _take(self, sign: str) -> bool:
        there = self._text[self._at : self._at + 1] == sign
        self._at += there
        return there


@cache
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text)


def fault_of(text: str) -> str:
    """Why a text is not a valid pattern; empty if it is."""
    try:
        Pattern.of(text)
    except NoPattern as error:
        return f"`{text}` is not a regular expression: {error}"
    return ""


#: The text between `[` and `]` of a glob, if it contains a range.
_RANGE = re.compile(r"\[[^\]]*?(.)-(.)[^\]]*\]")


def is_reversed(glob: str) -> bool:
    """Whether a glob has a range in brackets that ends before it starts, and so is empty."""
    return any(first > last for first, last in _RANGE.findall(glob))
