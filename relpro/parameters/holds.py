"""The type of the value of a parameter, at every level, and what is wrong with a value."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

import attrs

from relpro.model.config import HELD
from relpro.model.task import Json

#: The path of a wrong value within its parameter, the value, and the expected type.
Misfit = tuple[tuple[Any, ...], Any, str]


_TEXT_KEYS = "a mapping whose keys are text"

#: Larger numbers are no longer exact in JavaScript.
_LARGEST = 2**53 - 1

_WEB_ADDRESS = "^https?://[^ ]+$"

#: What a URI may consist of. Source: RFC 3986, of which the queue demands `metadata.source`.
_OF_URIS = "(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_ADDRESS = f"^(?:(?:https?|ssh)://{_OF_URIS}+)?$"
_REVISION = f"^{_OF_URIS}*$"


class Holds(Protocol):
    """A type of values."""

    @property
    def words(self) -> str:
        """What the value is called in messages: `a list`."""
        ...

    @property
    def in_full(self) -> str:
        """The same with what is inside, as the page of reference says it: `a list: text`."""
        ...

    def misfits(self, value: object) -> Iterator[Misfit]:
        """Every wrong part of the value."""
        ...


@attrs.frozen
class Scalar:
    """A value without parts: of one of `types`, and accepted by `accepts`.

    `keywords` are those of JSON Schema that say the same, as far as there are any.
    """

    words: str
    types: tuple[type, ...]
    wanted: str = ""
    accepts: Callable[[Any], bool] | None = None
    keywords: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def in_full(self) -> str:
        """What the value is called on the page of reference."""
        return self.words

    def misfits(self, value: object) -> Iterator[Misfit]:
        """The value itself, if it has another type or is not accepted."""
        # In Python, True and False are integers.
        is_flag = isinstance(value, bool) and bool not in self.types
        if is_flag or not isinstance(value, self.types):
            yield (), value, self.words
        elif self.accepts is not None and not self.accepts(value):
            yield (), value, self.wanted


@attrs.frozen
class ListOf:
    """A list whose items have type `item`."""

    item: Holds
    words: str = "a list"

    @property
    def in_full(self) -> str:
        """A list, and what each item is."""
        return f"{self.words}: {self.item.in_full}"

    def misfits(self, value: object) -> Iterator[Misfit]:
        """The value, if it is no list, and the misfits of its items."""
        if not isinstance(value, list | tuple):
            yield (), value, self.words
            return
        for index, item in enumerate(value):
            yield from _below(index, self.item.misfits(item))


@attrs.frozen
class MappingOf:
    """A mapping with text keys, whose values have type `value`."""

    value: Holds
    words: str = "a mapping"

    @property
    def in_full(self) -> str:
        """A mapping, and what each value is."""
        return f"{self.words}: {self.value.in_full}"

    def misfits(self, value: object) -> Iterator[Misfit]:
        """The value, if it is no mapping, and the misfits of keys and values."""
        if not isinstance(value, Mapping):
            yield (), value, self.words
            return
        for key, one in value.items():
            if not isinstance(key, str):
                yield (key,), key, _TEXT_KEYS
            else:
                yield from _below(key, self.value.misfits(one))


@attrs.frozen
class Anything:
    """Any JSON value: keys are text."""

    words: str = "anything"

    @property
    def in_full(self) -> str:
        """Anything."""
        return self.words

    def misfits(self, value: object) -> Iterator[Misfit]:
        """Every key within the value that is not text, which YAML allows."""
        if isinstance(value, Mapping):
            for key, one in value.items():
                if not isinstance(key, str):
                    yield (key,), key, _TEXT_KEYS
                yield from _below(key, self.misfits(one))
        elif isinstance(value, list | tuple):
            for index, item in enumerate(value):
                yield from _below(index, self.misfits(item))


@attrs.frozen
class RecordOf:
    """A mapping with known required and optional keys.

    All `others` have the same type.
    """

    required: Mapping[str, Holds]
    optional: Mapping[str, Holds] = attrs.field(factory=dict)
    others: Holds = attrs.field(factory=Anything)
    words: str = "a mapping"

    @property
    def in_full(self) -> str:
        """A mapping, and what is below each known key; those that may be missing end in `?`."""
        parts = {
            **self.required,
            **{f"{name}?": part for name, part in self.optional.items()},
            **({} if isinstance(self.others, Anything) else {"others": self.others}),
        }
        inside = "; ".join(f"`{name}` {part.in_full}" for name, part in parts.items())
        return f"{self.words} ({inside})"

    def misfits(self, value: object) -> Iterator[Misfit]:
        """The value, if it is not a mapping or lacks a key, and the misfits of keys and values."""
        if not isinstance(value, Mapping):
            yield (), value, self.words
            return
        for key in self.required:
            if key not in value:
                yield (), value, f"a mapping with `{key}`"
        known = {**self.optional, **self.required}
        for key, one in value.items():
            if not isinstance(key, str):
                yield (key,), key, _TEXT_KEYS
            else:
                yield from _below(key, known.get(key, self.others).misfits(one))


def _below(step: object, misfits: Iterator[Misfit]) -> Iterator[Misfit]:
    return (((step, *path), value, wanted) for path, value, wanted in misfits)


def holds_of(written: Json) -> Holds:
    """The type that a project's configuration declares for its own parameter.

    It is a word of `WORDS`, a list with one type (of the items), or a mapping: of names, which are
    optional if they end in `?`, or of `any` alone, for mappings with any keys.
    """
    if isinstance(written, list):
        return ListOf(holds_of(written[0]))
    if not isinstance(written, Mapping):
        return WORDS[written]
    if written.keys() == {"any"}:
        return MappingOf(holds_of(written["any"]))
    parts = {name: holds_of(value) for name, value in written.items()}
    return RecordOf(
        {name: part for name, part in parts.items() if not name.endswith("?")},
        {name[:-1]: part for name, part in parts.items() if name.endswith("?")},
    )


def one_of(*choices: str, unsaid: bool = False) -> Scalar:
    """Text that is one of `choices`, or empty if it may be `unsaid`."""
    words = f"{', '.join(choices[:-1])} or {choices[-1]}"
    taken = frozenset((*choices, "") if unsaid else choices)
    keywords = {"enum": [*choices, ""] if unsaid else [*choices]}
    return Scalar("text", (str,), words, taken.__contains__, keywords)


def at_least(least: int) -> Scalar:
    """An integer that is not below `least`, and that the queue (JavaScript) can represent."""
    words = f"a whole number, {least} or more (and less than 2^53)"
    keywords = {"minimum": least, "maximum": _LARGEST}
    return Scalar(
        "a whole number", (int,), words, lambda value: least <= value <= _LARGEST, keywords
    )


#: The owner of each task, of which the queue takes so many characters.
OWNER = Scalar(
    "text", (str,), "text of at most 255 characters", lambda s: len(s) <= 255, {"maxLength": 255}
)


#: The highest number that a build can have. It only counts attempts, but nothing that takes it asks
#: for less: the scripts take any number, and Ship-it keeps it in 32 bits. Source: Ship-it,
#: common/models.py, `Release.build_number`, an integer of PostgreSQL.
HIGHEST_BUILD = 2**31 - 1


def build_number() -> Scalar:
    """The number of a build, from 1."""
    words = f"a whole number from 1 to {HIGHEST_BUILD}"
    keywords = {"minimum": 1, "maximum": HIGHEST_BUILD}
    return Scalar(
        "a whole number", (int,), words, lambda value: 1 <= value <= HIGHEST_BUILD, keywords
    )


def _is_build_id(text: str) -> bool:
    # The reader of the date checks whether the day and hour exist.
    return re.fullmatch("[0-9]{14}", text) is not None and _is_date(f"{text[:8]}T{text[8:]}")


def _is_address(text: str) -> bool:
    try:
        return re.fullmatch(_ADDRESS, text) is not None and urlsplit(text).port != 0
    except ValueError:
        return False


def _matching(words: str, pattern: str) -> Scalar:
    """Text of which all matches a pattern."""
    matches = re.compile(pattern).fullmatch
    return Scalar("text", (str,), words, lambda text: bool(matches(text)), {"pattern": pattern})


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text or "1970-01-01")
    except ValueError:
        return False
    return True


TEXT = Scalar("text", (str,))
FLAG = Scalar("true or false", (bool,))
TEXT_OR_NUMBER = Scalar("text or a whole number", (str, int))
BUILD_ID = Scalar("text", (str,), "a date as 20250715120000", _is_build_id)
ADDRESS = Scalar(
    "text",
    (str,),
    "an address as https://github.com/example/app",
    _is_address,
    {"pattern": _ADDRESS},
)
REVISION = _matching("a revision as d7bbc5812f7f", _REVISION)
WEB_ADDRESS = _matching("an address as https://example.com/signed", _WEB_ADDRESS)
DATE = Scalar("text", (str,), "a date as 2025-07-15T12:00:00Z", _is_date)

#: The words with which a project declares types (`relpro.model.config.HELD`).
WORDS: Mapping[str, Holds] = dict(
    zip(HELD, (TEXT, Scalar("a whole number", (int,)), FLAG, Anything()), strict=True)
)
