"""Takes the rendered value of a field, refuses one of the wrong type.

Values are checked as written when they are loaded; the type of a placeholder's value is known only
here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from relpro.model.phase import PHASES
from relpro.transform.template import Unrenderable, written
from relpro.values.names import LABEL, is_label
from relpro.values.patterns import fault_of
from relpro.values.validators import LONGEST_YEARS, seconds
from relpro.values.wording import shown

Accepts = Callable[[Any], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and is_label(value)


def _is_duration(value: object) -> bool:
    return isinstance(value, str) and seconds(value) is not None


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_texts(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


def _is_pattern(value: object) -> bool:
    return isinstance(value, str) and not fault_of(value)


def _are_patterns(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(map(_is_pattern, value))


def _maps_to_texts(value: object) -> bool:
    return isinstance(value, Mapping) and _are_texts([*value.values()])


def _are_places(value: object) -> bool:
    """Whether a value is a mapping of effects: lists of keys by part and by kind of place."""
    return isinstance(value, Mapping) and all(
        isinstance(part, Mapping) and all(map(_are_texts, part.values())) for part in value.values()
    )


def _is_anything(_value: object) -> bool:
    return True


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


_SHOWN: Final[Mapping[str, Accepts]] = {
    **dict.fromkeys(("symbol", "platform", "kind"), _is_text),
    "tier": _is_number,
}
_INDEXED: Final[Mapping[str, Accepts]] = dict.fromkeys(("product", "job-name", "type"), _is_text)


def _has(parts: Mapping[str, Accepts]) -> Accepts:
    """Accepts no value, and mappings in which each present key fits its schema in `parts`."""
    return lambda value: (
        value is None
        or (
            isinstance(value, Mapping)
            and all(accepts(value[key]) for key, accepts in parts.items() if key in value)
        )
    )


#: Fields whose value is a list of texts.
_TEXTS: Final = (
    "soft_dependencies",
    "if_dependencies",
    "scopes",
    "routes",
    "run_on_projects",
    "run_on_tasks_for",
)
#: Fields whose value is a list of regular expressions.
_PATTERNS: Final = ("run_on_hg_branches", "run_on_git_branches")

#: Fields whose value is a mapping -> the schemas of its keys.
_OF_MAPPINGS: Final[Mapping[str, Callable[[str], Accepts]]] = {
    **dict.fromkeys(("dependencies", "tags"), lambda _key: _is_text),
    "treeherder": lambda key: _SHOWN.get(key, _is_anything),
    "index": lambda key: _INDEXED.get(key, _is_anything),
}

#: Field -> its check, and the words that complete "must be ...".
HOLDS: Final[Mapping[str, tuple[Accepts, str]]] = {
    **dict.fromkeys(
        ("description", "worker_type", "requires", "project_id"),
        (_is_text, "text"),
    ),
    **dict.fromkeys(("name", "label"), (_is_name, LABEL)),
    **dict.fromkeys(
        ("deadline_after", "expires_after"),
        (_is_duration, f"a duration of at most {LONGEST_YEARS} years"),
    ),
    **dict.fromkeys(_TEXTS, (_are_texts, "a list of texts")),
    **dict.fromkeys(_PATTERNS, (_are_patterns, "a list of regular expressions")),
    **dict.fromkeys(("dependencies", "tags"), (_maps_to_texts, "a mapping to texts")),
    **dict.fromkeys(("worker", "extra"), (_is_mapping, "a mapping")),
    "retries": (_is_number, "a whole number"),
    "priority": (lambda value: value is None or _is_text(value), "text"),
    "treeherder": (
        _has(_SHOWN),
        "a mapping with texts as `symbol` and `platform`, and a number as `tier`",
    ),
    "index": (_has(_INDEXED), "a mapping with texts as `product` and `job-name`"),
    "effects": (_are_places, "a mapping to lists of keys, by kind of place"),
    "optimization": (lambda value: value is None or _is_mapping(value), "a mapping"),
    "shipping_phase": (lambda value: value in (None, *PHASES), f"one of {', '.join(PHASES)}"),
    "shipping_product": (lambda value: value is None or _is_text(value), "text"),
}


def complaint(field: str, value: object, key: str = "") -> str:
    """Why a field or attribute cannot have `value`; empty if it can.

    `key` is the name that people write, if that is not the name of the field.
    """
    accepts, words = HOLDS.get(field, (None, ""))
    if accepts is None or accepts(value):
        return ""
    where = _wrong_part(field, value)
    what, part = (f"its {where[0]} is", where[1]) if where else ("is", value)
    return f"`{key or written(field)}` must be {words}, and {what} rendered to {shown(part)}"


def _wrong_part(field: str, value: object) -> tuple[str, object] | None:
    """The first wrong part of a value, and its name; None if the value as a whole is wrong."""
    parts: list[tuple[str, Any, Accepts]]
    if field in _TEXTS and isinstance(value, list | tuple):
        parts = [(f"item {place}", item, _is_text) for place, item in enumerate(value, 1)]
    elif field in _PATTERNS and isinstance(value, list | tuple):
        parts = [(f"item {place}", item, _is_pattern) for place, item in enumerate(value, 1)]
    elif field in _OF_MAPPINGS and isinstance(value, Mapping):
        accepts = _OF_MAPPINGS[field]
        parts = [(f"`{key}`", item, accepts(key)) for key, item in value.items()]
    else:
        return None
    return next(((name, part) for name, part, accepts in parts if not accepts(part)), None)


def demand(name: str, value: object) -> None:
    """Raise `Unrenderable` (T403) if the field or attribute `name` cannot have `value`."""
    if what := complaint(name, value):
        raise Unrenderable("T403", what, (written(name),))
