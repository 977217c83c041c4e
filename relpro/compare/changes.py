"""Takes files and folders, tells which files in them were saved, as soon as they were."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

#: Milliseconds without a change after which what was saved together is told together.
_QUIET = 40
#: Milliseconds after which it is looked again whether anybody has interrupted.
_BEAT = 100


def saved(paths: Iterable[Path]) -> Iterator[tuple[Path, ...]]:
    """The files that are saved, made or removed from now on, sorted; each time some are.

    It never ends. Paths that do not exist are left out; caches, hidden folders and backups of
    editors too. Raises `KeyboardInterrupt`.
    """
    import watchfiles  # noqa: PLC0415 - only where something is watched

    present = [path for path in dict.fromkeys(paths) if path.exists()]
    changes = watchfiles.watch(
        *present, step=_QUIET, rust_timeout=_BEAT, yield_on_timeout=True, raise_interrupt=True
    )
    first = next(changes)  # it watches now: nothing is missed while others begin
    return (_files(some) for some in chain((first,), changes) if some)


def _files(changes: Iterable[tuple[object, str]]) -> tuple[Path, ...]:
    every = sorted({Path(path) for _, path in changes})
    # Editors write to files that are renamed, or gone, at once.
    return tuple(path for path in every if path.exists()) or tuple(every)
