"""Takes a task and a value of it, gives the value with the task's own words as placeholders.

So values that differ from task to task only by label, locale or platform become equal.
"""

import re
from collections.abc import Mapping

from relpro.model.task import Json, Task

#: What stands before and after a word, for it to be one.
_EDGE = "[A-Za-z0-9]"


class OwnWords:
    """The names of one task: of itself, and in its attributes."""

    __slots__ = ("_names", "_pattern")

    def __init__(self, task: Task) -> None:
        names = {
            value: name
            for name, value in task.attributes.items()
            if isinstance(value, str) and value
        }
        names = {**names, task.kind: "kind", task.name: "name", task.label: "label"}
        self._names = {word: name for word, name in names.items() if word}
        longest_first = sorted(self._names, key=lambda word: (-len(word), word))
        words = "|".join(map(re.escape, longest_first))
        self._pattern = re.compile(f"(?<!{_EDGE})(?:{words})(?!{_EDGE})")

    def replaced(self, value: Json) -> Json:
        """The value with `{locale}` for the task's locale, and so on, in all of its texts."""
        if isinstance(value, str):
            return self._pattern.sub(lambda match: f"{{{self._names[match[0]]}}}", value)
        if isinstance(value, Mapping):
            return {self.replaced(key): self.replaced(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.replaced(item) for item in value]
        return value
