"""Takes the value that a template gave for a field, refuses what the field does not hold.

What is written is checked when it is loaded; of a placeholder it shows only here what it becomes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from relpro.load.validators import seconds
from relpro.load.wording import shown
from relpro.model.phase import PHASES
from relpro.transform.template import Unrenderable, written

Accepts = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_duration(value: Any) -> bool:
    return isinstance(value, str) and seconds(value) is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


def _maps_to_texts(value: Any) -> bool:
    return isinstance(value, Mapping) and _are_texts([*value.values()])


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_shown(value: Any) -> bool:
    texts = ("symbol", "platform", "kind")
    return value is None or (
        isinstance(value, Mapping)
        and all(isinstance(value.get(name, ""), str) for name in texts)
        and _is_number(value.get("tier", 1))
    )


def _is_indexed(value: Any) -> bool:
    texts = ("product", "job-name", "type")
    return value is None or (
        isinstance(value, Mapping) and all(isinstance(value.get(name, ""), str) for name in texts)
    )


#: Field -> whether it holds a value, and how that completes "must be ...".
HOLDS: Final[Mapping[str, tuple[Accepts, str]]] = {
    **dict.fromkeys(
        ("name", "label", "description", "worker_type", "requires", "project_id"),
        (_is_text, "text"),
    ),
    **dict.fromkeys(("deadline_after", "expires_after"), (_is_duration, "a duration")),
    **dict.fromkeys(
        ("soft_dependencies", "if_dependencies", "scopes", "routes"),
        (_are_texts, "a list of texts"),
    ),
    **dict.fromkeys(("dependencies", "tags"), (_maps_to_texts, "a mapping to texts")),
    **dict.fromkeys(("worker", "extra"), (_is_mapping, "a mapping")),
    "retries": (_is_number, "a whole number"),
    "priority": (lambda value: value is None or _is_text(value), "text"),
    "treeherder": (_is_shown, "a mapping with `symbol` and `platform`, which are text"),
    "index": (_is_indexed, "a mapping with `product` and `job-name`, which are text"),
    "optimization": (lambda value: value is None or _is_mapping(value), "a mapping"),
    "shipping_phase": (lambda value: value in (None, *PHASES), f"one of {', '.join(PHASES)}"),
    "shipping_product": (lambda value: value is None or _is_text(value), "text"),
    **dict.fromkeys(
        (
            "run_on_projects",
            "run_on_tasks_for",
            "run_on_hg_branches",
            "run_on_git_branches",
        ),
        (_are_texts, "a list of texts"),
    ),
}


def complaint(field: str, value: Any, key: str = "") -> str:
    """Why a field or attribute does not hold `value`; empty where it does.

    `key` is how people write it, where that is not the name of the field.
    """
    accepts, words = HOLDS.get(field, (None, ""))
    if accepts is None or accepts(value):
        return ""
    return f"`{key or written(field)}` must be {words}, and is rendered to {shown(value)}"


def demand(name: str, value: Any) -> None:
    """Raise `Unrenderable` (T403) where `value` is not what the field or attribute `name` holds."""
    if what := complaint(name, value):
        raise Unrenderable("T403", what, (written(name),))
