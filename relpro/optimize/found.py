"""Takes index paths, gives the tasks there that may be used in another's place."""

from collections.abc import Callable, Collection, Mapping, Sequence

import attrs


@attrs.frozen
class Found:
    """What the index knows: path -> id of a task. Paths that lead nowhere are left out.

    `earlier` is what an earlier run of the creating task has used already: tasks that it created
    depend on that, whatever the index says by now. `refused` says of paths that lead to a task
    why it may not be used.
    """

    now: Mapping[str, str] = attrs.field(factory=dict)
    earlier: Mapping[str, str] = attrs.field(factory=dict)
    refused: Mapping[str, str] = attrs.field(factory=dict)

    def first(self, paths: Sequence[str]) -> str | None:
        """The path to go by, of several of which the first is the best; None if none leads on.

        A better path may have come to lead somewhere since an earlier run took another one.
        """
        return next(
            (path for known in (self.earlier, self.now) for path in paths if path in known), None
        )

    def why_not(self, paths: Sequence[str]) -> str:
        """What was asked and why no answer was taken: all of several `paths` that lead nowhere."""
        empty = ", ".join(f"`{path}`" for path in paths if path not in self.refused)
        told = [f"nothing in the index at {empty}"] if empty else []
        told += [
            f"`{path}` leads to {self.refused[path]}" for path in paths if path in self.refused
        ]
        return "; ".join(told)

    def __getitem__(self, path: str) -> str:
        return self.earlier.get(path) or self.now[path]


#: Looks up index paths, all in one batch. Tasks that failed or expire too soon are left out.
Find = Callable[[Collection[str]], Found]


def nothing_found(_paths: Collection[str]) -> Found:
    """The index as it looks offline."""
    return Found()
