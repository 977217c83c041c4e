"""What transforms read of the section `run`, which is not theirs: it is checked after them."""

from collections.abc import Mapping, Sequence
from typing import Any

from relpro.model.task import TaskDescription
from relpro.transform.section import Refusal


def run_of(task: TaskDescription) -> Mapping[str, Any]:
    """The section `run` of a task. Raises `Refusal` where it has none."""
    if "run" in task.sections:
        section: Mapping[str, Any] = task.sections["run"]
        return section
    raise Refusal("the task has no section `run` to add to", "write what it runs", ())


def words_of(task: TaskDescription, key: str) -> Sequence[Any]:
    """The list under a key of the section `run`. Raises `Refusal` where there is none."""
    words = run_of(task).get(key)
    if isinstance(words, list | tuple):
        return words
    what = f"`run` has no list `{key}` to add to"
    path = ("run",) if words is None else ("run", key)
    raise Refusal(what, f"write `{key}: [...]`", path)


def line_of(task: TaskDescription, key: str) -> str:
    """The text under a key of the section `run`. Raises `Refusal` where there is none."""
    line = run_of(task).get(key)
    if isinstance(line, str):
        return line
    what = f"`run` has no text `{key}` to add to"
    raise Refusal(
        what, f"write `{key}` as one text", ("run", key) if line is not None else ("run",)
    )


def settings_of(task: TaskDescription, key: str) -> Mapping[str, Any]:
    """The mapping under a key of the section `run`, empty where there is none.

    Raises `Refusal` where something else stands there.
    """
    settings = run_of(task).get(key, {})
    if isinstance(settings, Mapping):
        return settings
    raise Refusal(f"`{key}` of `run` is not a mapping to add to", "write a mapping", ("run", key))
