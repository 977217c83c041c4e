"""Takes a task and a value of it, gives the value with the task's own words as placeholders.

So values that differ from task to task only by label, locale or platform become equal.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from relpro.model.task import Json, Task

#: What parts a label, and joins words to one.
SIGNS = "-/:."


class OwnWords:
    """The names of one task: of itself, and in its attributes; of its kind where it `has_kind`.

    Attributes named in `but` are no words of its own: all tasks in question have the same there.
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
        """The value with `{locale}` for the task's locale, and so on, in all of its texts."""
        return _in_texts(value, self._replaced)

    def filled(self, value: Json) -> Json:
        """The value with the task's own words in the place of placeholders: `replaced`, undone."""
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
    """The text with `name` for every `word` that is no part of a longer one."""
    first, *others = text.split(word)
    result = first
    for part in others:
        inside = result[-1:].isalnum() or part[:1].isalnum()
        result += (word if inside else name) + part
    return result


def compounds(tasks: Iterable[Task]) -> tuple[str, ...]:
    """The words in the attributes of `tasks` that are made of several: `pt-BR`; longest first."""
    found = {
        value
        for task in tasks
        for value in task.attributes.values()
        if isinstance(value, str) and any(sign in value for sign in SIGNS)
    }
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
