"""Takes a task and one of its values, gives the value with the task's own words as placeholders.

Values that differ from task to task only by label, locale or platform become equal.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from relpro.model.task import Json, Task

#: The characters that separate words of a label, and those that join them.
SIGNS = "-/:."


class OwnWords:
    """The names of one task: its own, its attributes, and its kind if it `has_kind`.

    Attributes in `but` are left out: all tasks in question have the same values.
    """

    __slots__ = ("_names",)

    def __init__(
        self, task: Task, has_kind: bool = True, but: Collection[str] = frozenset()
    ) -> None:
        own = sorted(item for item in task.attributes.items() if item[0] not in but)
        names = {
            task.name: "name",
            **({task.kind: "kind"} if has_kind else {}),
            **{value: name for name, value in own if isinstance(value, str)},
            task.label: "label",
        }
        by_length = sorted(names, key=lambda word: (-len(word), word))
        self._names = tuple((word, f"{{{names[word]}}}") for word in by_length if word)

    def replaced(self, value: Json) -> Json:
        """The value with `{locale}` in place of the task's locale, and so on, in all its texts."""
        return _in_texts(value, self._replaced)

    def filled(self, value: Json) -> Json:
        """The value with placeholders replaced by the task's own words.

        The inverse of `replaced`.
        """
        return _in_texts(value, self._filled)

    def _replaced(self, text: str) -> str:
        for word, name in self._names:
            if word in text:
                text = _replace(text, word, name)
        return text

    def _filled(self, text: str) -> str:
        for word, name in self._names:
            text = text.replace(name, word)
        return text


def _in_texts(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {_in_texts(k, change): _in_texts(item, change) for k, item in value.items()}
    if isinstance(value, list | tuple):
        return [_in_texts(item, change) for item in value]
    return value


def _replace(text: str, word: str, name: str) -> str:
    """The text with `name` in place of every `word` that is not part of a longer word."""
    first, *others = text.split(word)
    result = first
    for part in others:
        inside = result[-1:].isalnum() or part[:1].isalnum()
        result += (word if inside else name) + part
    return result


def compounds(tasks: Iterable[Task]) -> tuple[str, ...]:
    """Attributes of `tasks` that consist of several words, such as `pt-BR`; longest first."""
    found = {
        value
        for task in tasks
        for value in task.attributes.values()
        if isinstance(value, str) and any(sign in value for sign in SIGNS)
    }
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
