"""Reads the section `run`, which other transforms own and check later."""

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any

from relpro.model.task import Json, TaskDescription
from relpro.transform.section import Refusal


def run_of(task: TaskDescription) -> Mapping[str, Any]:
    """The section `run` of a task. Raises `Refusal` if it has none."""
    if "run" in task.sections:
        section: Mapping[str, Any] = task.sections["run"]
        return section
    raise Refusal("the task has no section `run` to add to", "write what it runs", ())


def words_of(task: TaskDescription, key: str) -> Sequence[Any]:
    """The list of a key of the section `run`. Raises `Refusal` if there is none."""
    words: Sequence[Any] = _part(task, key, list | tuple, "list", f"write `{key}: [...]`")
    return words


def line_of(task: TaskDescription, key: str) -> str:
    """The text of a key of the section `run`. Raises `Refusal` if there is none."""
    line: str = _part(task, key, str, "text", f"write `{key}` as one text")
    return line


def settings_of(task: TaskDescription, key: str) -> Mapping[str, Any]:
    """The mapping of a key of the section `run`, empty if there is none.

    Raises `Refusal` for a value of another type.
    """
    settings = run_of(task).get(key, {})
    if isinstance(settings, Mapping):
        return settings
    raise Refusal(f"`{key}` of `run` is not a mapping to add to", "write a mapping", ("run", key))


def _part(
    task: TaskDescription, key: str, sort: type | UnionType, called: str, remedy: str
) -> Json:
    """The value of a key of the section `run`, if it has a type."""
    said = run_of(task).get(key)
    if isinstance(said, sort):
        return said
    path = ("run",) if said is None else ("run", key)
    raise Refusal(f"`run` has no {called} `{key}` to add to", remedy, path)
