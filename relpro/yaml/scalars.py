"""Takes the text of a plain YAML scalar, gives its value in YAML 1.2's core schema.

Differences from PyYAML, which reads YAML 1.1: `yes`, `no`, `on` and `off` are text; so are `1_000`,
`1:30` and dates.

Difference from YAML 1.2: only a number written as in JSON is a number. `1.10` and `012` are text,
since as numbers they would become `1.1` and `12`, and versions, revisions and file modes look like
this; `0x1F`, `+7` and `1e3` are text as well. So are integers beyond 64 bits and `1e400`, which
JSON cannot carry to a queue.
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
_INTEGER = re.compile(r"-?[0-9]+")
_FLOAT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?")

#: Integers of at most 64 bits, with or without a sign.
_LEAST, _MOST = -(2**63), 2**64 - 1

#: The most digits of a number; longer ones are text.
LONGEST_NUMBER = 300


def resolve_scalar(text: str) -> Scalar:
    """The value of an unquoted, untagged scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > LONGEST_NUMBER:
        return text
    return resolve_number(text)


def resolve_number(text: str) -> Scalar:
    """The number in `text`, or `text` itself if JSON would write that number differently."""
    if _INTEGER.fullmatch(text):
        number = int(text)
        return number if str(number) == text and _LEAST <= number <= _MOST else text
    if _FLOAT.fullmatch(text) and math.isfinite(fraction := float(text)):
        return fraction if repr(fraction) == text else text
    return text
