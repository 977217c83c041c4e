"""Takes the columns of a rule from a call; gives the values of the rule, or refuses them.

Source: Balrog, auslib/util/jsonschema_validators.py and auslib/web/admin/views/rules.py.
"""

import re
from collections.abc import Mapping
from typing import Any

from relpro.updates.calls import Json, Problem
from relpro.updates.refusal import NoAnswer
from relpro.updates.rule import COLUMNS
from relpro.updates.state import State
from relpro.updates.versions import compared, matches_version

_ALIAS = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")

#: Columns that hold numbers, with minimum and maximum.
_NUMBERS: Mapping[str, tuple[int, int]] = {"priority": (0, 2**31), "backgroundRate": (0, 100)}

#: Columns that hold true, false or null.
_FLAGS = frozenset({"jaws", "mig64"})

#: Lists in which spaces have no meaning.
_LISTS = frozenset({"locale", "distribution"})

#: Columns that a call cannot set.
_OWN = frozenset({"rule_id", "data_version"})

_UPDATE_TYPES = ("minor", "major")


def read_columns(state: State, body: Json, *, rule_id: int | None = None) -> dict[str, Any]:
    """The columns of a rule in the body of a call; other keys are ignored.

    `rule_id` is that of the rule that is changed. Raises `Problem`.
    """
    read = {
        name: _read(name, value)
        for name, value in body.items()
        if name in COLUMNS and name not in _OWN
    }
    if "mapping" in read and read["mapping"] is None:
        raise Problem(400, "mapping value cannot be set to null/empty")
    for name in ("mapping", "fallbackMapping"):
        if read.get(name) is not None and read[name] not in state.releases:
            raise Problem(400, f"Invalid {name} value. No release name found in DB")
    if "update_type" in read and read["update_type"] not in _UPDATE_TYPES:
        raise Problem(400, f"update_type is none of {', '.join(_UPDATE_TYPES)}")
    alias = read.get("alias")
    if alias is not None:
        _check_alias(state, alias, rule_id)
    return read


def _read(name: str, value: object) -> Any:
    if isinstance(value, str):
        value = "".join(value.split()) if name in _LISTS else value.strip()
        value = value or None
    if value is None:
        return None
    if name in _NUMBERS:
        return _number(name, value)
    if name in _FLAGS:
        if not isinstance(value, bool):
            raise Problem(400, f"{name} is neither true nor false")
        return value
    if not isinstance(value, str):
        raise Problem(400, f"{name} is not text")
    try:
        _check_comparison(name, value)
    except ValueError as error:
        raise Problem(400, f"Invalid {name}: {error}") from None
    return value


def _number(name: str, value: Any) -> int:
    least, most = _NUMBERS[name]
    try:
        number = int(value)
    except (ValueError, TypeError):
        raise Problem(400, f"{name} is not a number") from None
    if not least <= number <= most:
        raise Problem(400, f"{name} is not between {least} and {most}")
    return number


def _check_comparison(name: str, value: str) -> None:
    if name == "version":
        check_versions(value)
    elif name in {"buildID", "memory"}:
        check_build_ids(value)


def _check_alias(state: State, alias: str, rule_id: int | None) -> None:
    if not _ALIAS.fullmatch(alias):
        raise Problem(400, "alias must begin with a letter, and hold letters, digits and -")
    if any(rule.alias == alias and rule.rule_id != rule_id for rule in state.rules.values()):
        raise Problem(400, "Rule with alias exists.")


def check_versions(text: str) -> None:
    """Raise ValueError for an invalid comparison of versions; a list contains no comparisons."""
    parts = text.split(",")
    if len(parts) > 1 and any(part.startswith(("<", ">")) for part in parts):
        raise ValueError(f"`{text}` is a list with a comparison")
    for part in parts:
        try:
            matches_version(part, "1.0")
        except NoAnswer as error:
            raise ValueError(error.text) from None


def check_build_ids(text: str) -> None:
    """Raise ValueError for an invalid comparison of numbers."""
    try:
        compared(text)
    except NoAnswer as error:
        raise ValueError(error.text) from None
    if not re.fullmatch(r"(<=|>=|<|>)?[0-9]+", text):
        raise ValueError(f"`{text}` compares with no number")
