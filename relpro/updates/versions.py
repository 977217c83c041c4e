"""Takes version texts; gives values that are ordered and matched like Balrog's.

Source: auslib/util/versions.py and auslib/util/comparison.py. Peculiarities: of a prerelease, only
its first letter and its number count; from version 5 on, only `a1`, `a2`, ... exist; of four
numbers, the third is ignored.
"""

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import attrs

from relpro.updates.refusal import BadData, Broken

#: Two or three numbers; from major version 5 on, the only prereleases are `a` with a number.
_NEW = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(?:(a)(\d+))?", re.ASCII)
_OLD = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(?:([a-zA-Z])[a-zA-Z]*(\d+))?", re.ASCII)
_FOUR = re.compile(r"(\d+)\.(\d+)\.\d\.(\d+)(?:([a-zA-Z])[a-zA-Z]*(\d+))?", re.ASCII)
_GLOB = re.compile(r"(\d+)\.(?:(\d+)\.)?\*", re.ASCII)
_PIN = re.compile(r"(\d+)\.(?:(\d+)\.)?", re.ASCII)

#: The last major version with prereleases other than `a`.
_LAST_OLD = 4

_COMPARISON = re.compile(r"(>=|<=|>|<)([.\w]+)")
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@attrs.frozen(order=True)
class Version:
    """Three numbers, and letter and number of a prerelease, which is before the final version."""

    numbers: tuple[int, int, int]
    is_final: bool = True
    prerelease: tuple[str, int] = ("", 0)

    def __str__(self) -> str:
        shown = self.numbers if self.numbers[2] else self.numbers[:2]
        text = ".".join(map(str, shown))
        return text if self.is_final else f"{text}{self.prerelease[0]}{self.prerelease[1]}"


@lru_cache(maxsize=4096)
def read_version(text: str) -> Version:
    """The version in `text`; raises `BadData` if it is invalid."""
    dots = text.count(".")
    major = text.partition(".")[0]
    if dots not in {1, 2}:
        pattern = _FOUR
    else:
        new = major.isascii() and major.isdigit() and int(major) > _LAST_OLD
        pattern = _NEW if new else _OLD
    found = pattern.fullmatch(text)
    if found is None:
        raise BadData(f"`{text}` is not a version")
    first, second, third, letter, number = found.groups()
    numbers = (int(first), int(second), int(third or 0))
    return Version(numbers, False, (letter, int(number))) if letter else Version(numbers)


def compared(pattern: str) -> tuple[Callable[[Any, Any], bool], str]:
    """The comparison in a column (`>=60.0`): operator and version.

    Without an operator it is equality. Raises `Broken` for an invalid comparison.
    """
    if pattern.endswith("*") or re.match(r"\w", pattern):
        return operator.eq, pattern
    found = _COMPARISON.match(pattern)
    if found is None:
        raise Broken(f"`{pattern}` of a rule compares with nothing")
    return _OPERATORS[found[1]], found[2]


@lru_cache(maxsize=65536)
def matches_version(pattern: str, version: str) -> bool:
    """Whether a version matches a comma-separated list of versions, globs and comparisons.

    Raises `BadData` if the version, or a part of the pattern, is invalid.
    """
    return any(_matches_part(part, version) for part in pattern.split(","))


def _matches_part(part: str, version: str) -> bool:
    compare, operand = compared(part)
    value = read_version(version)
    if operand.endswith("*"):
        return _matches_glob(operand, value)
    return compare(value, read_version(operand))


def _matches_glob(pattern: str, version: Version) -> bool:
    """`70.*` and `70.1.*`, from version 5 on; a prerelease matches if its text has the prefix."""
    found = _GLOB.fullmatch(pattern)
    if found is None or int(found[1]) <= _LAST_OLD:
        raise BadData(f"`{pattern}` is not a version")
    wanted = tuple(int(number) for number in found.groups() if number is not None)
    if version.is_final and version.numbers[: len(wanted)] == wanted:
        return True
    return str(version).startswith(pattern.removesuffix("*"))


@attrs.frozen
class Pin:
    """A version that a client does not want to exceed: `102.` or `102.1.`."""

    numbers: tuple[int, ...]

    def __str__(self) -> str:
        return "".join(f"{number}." for number in self.numbers)

    def is_passed_by(self, version: Version) -> bool:
        """Whether a release is newer than all versions that the pin allows."""
        return version.numbers[: len(self.numbers)] > self.numbers


def read_pin(text: str) -> Pin:
    """The pin in `text`; raises `BadData` if it is invalid."""
    found = _PIN.fullmatch(text)
    if found is None:
        raise BadData(f"`{text}` is not a version pin: one is `102.` or `102.1.`")
    return Pin(tuple(int(number) for number in found.groups() if number is not None))
