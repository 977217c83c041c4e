"""Takes index paths, gives the tasks there that may replace another."""

from collections.abc import Callable, Collection, Mapping, Sequence

import attrs


@attrs.frozen
class Found:
    """The answers of the index: path -> task id. Unknown paths are left out.

    `earlier` are the tasks that an earlier run of the creating task has used: tasks that it created
    depend on them, whatever the index says now. `refused` has, for paths with an unusable task, the
    reason.
    """

    now: Mapping[str, str] = attrs.field(factory=dict)
    earlier: Mapping[str, str] = attrs.field(factory=dict)
    refused: Mapping[str, str] = attrs.field(factory=dict)

    def first(self, paths: Sequence[str]) -> str | None:
        """The best of several paths, in order of preference; None if none leads to a usable task.

        A better path may have become available since an earlier run used another one.
        """
        return next(
            (path for known in (self.earlier, self.now) for path in paths if path in known), None
        )

    def why_not(self, paths: Sequence[str]) -> str:
        """The reasons why none of several `paths` leads to a usable task."""
        empty = ", ".join(f"`{path}`" for path in paths if path not in self.refused)
        told = [f"nothing in the index at {empty}"] if empty else []
        told += [
            f"`{path}` leads to {self.refused[path]}" for path in paths if path in self.refused
        ]
        return "; ".join(told)

    def __getitem__(self, path: str) -> str:
        return self.earlier.get(path) or self.now[path]


#: Looks up index paths, all in one batch. Failed tasks, and tasks that expire too soon, are left
#: out.
Find = Callable[[Collection[str]], Found]


def nothing_found(_paths: Collection[str]) -> Found:
    """The index when offline."""
    return Found()
