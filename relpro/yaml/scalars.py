"""Takes the text of a plain YAML scalar, gives the value that YAML 1.2's core schema reads in it.

Where this differs from PyYAML, which reads YAML 1.1: `yes`, `no`, `on` and `off` are text; `012`
is twelve and `0o14` is octal; `1_000`, `1:30` and dates are text; `1e3` is a number.

Numbers that JSON cannot carry to a queue are text: integers beyond 64 bits, `1e400`. A revision of
40 digits, say, stays what it is.
"""

import math
import re
from typing import Final

Scalar = str | int | float | bool | None

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{
        sign + word: float(sign + "inf")
        for sign in ("", "+", "-")
        for word in (".inf", ".Inf", ".INF")
    },
}
_NUMBER_STARTS = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")

#: The integers of 64 bits, with or without a sign.
_LEAST, _MOST = -(2**63), 2**64 - 1

#: The digits of the longest number that is read as one; more of them are text.
LONGEST_NUMBER = 300


def resolve_scalar(text: str) -> Scalar:
    """The value of an unquoted, untagged scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > LONGEST_NUMBER:
        return text
    return resolve_number(text)


def resolve_number(text: str) -> Scalar:
    """The number that `text` writes, or `text` itself."""
    if _INTEGER.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        number = int(text[2:] if base != 10 else text, base)
        return number if _LEAST <= number <= _MOST else text
    if _FLOAT.fullmatch(text) and math.isfinite(fraction := float(text)):
        return fraction
    return text
