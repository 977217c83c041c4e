"""Takes a scope of one generation, gives the scope for all generations of its kind.

A route that ends in a revision, a date or a version changes every time. The grant is its constant
prefix and a `*`.
"""

import time
from collections.abc import Iterable, Iterator

import attrs

from relpro.actions.happenings import BASE, HEAD, NUMBER, SOME
from relpro.model.task import Json
from relpro.pipeline import Pipeline

#: Parameters that differ for another push or another release.
_MOVING = (
    "head_rev",
    "base_rev",
    "owner",
    "moz_build_date",
    "version",
    "app_version",
    "next_version",
)

#: A shorter text may be part of unrelated names.
_SHORTEST = 3


def _longest_first(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in texts if len(text) >= _SHORTEST}, key=len, reverse=True))


@attrs.frozen
class Moving:
    """The texts of a generation that change."""

    texts: tuple[str, ...] = attrs.field(converter=_longest_first)

    @classmethod
    def of(cls, pipeline: Pipeline) -> "Moving":
        """Those of a pipeline: of its parameters, and digests of tasks in the index."""
        known = pipeline.parameters
        said = (str(known[name] or "") for name in _MOVING if name in known.values)
        digests = (
            str(task.attributes["cached_task"]["digest"])
            for task in pipeline.morphed.graph
            if task.attributes.get("cached_task")
        )
        days = (day for name in ("build_date", "pushdate") for day in _days(known[name]))
        return cls((*_EVER, *said, *digests, *days, pipeline.creator))

    def widened(self, scope: str) -> str:
        """The scope up to the first changing text, and a `*`; or the scope itself."""
        found = [at for text in self.texts if (at := scope.find(text)) >= 0]
        return f"{scope[: min(found)]}*" if found else scope


_EVER = (HEAD, BASE, str(NUMBER), SOME)

#: Arguments of an event that change.
EVER = Moving(_EVER)


def _days(seconds: Json) -> Iterator[str]:
    """A day in the format of index paths."""
    if seconds:
        day = time.gmtime(int(seconds))
        yield from (time.strftime(form, day) for form in ("%Y.%m.%d", "%Y%m%d"))
