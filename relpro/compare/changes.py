"""Takes files and folders, reports at once which files in them are saved."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

#: Milliseconds without a change after which the changes so far are reported together.
_QUIET = 40
#: Milliseconds between checks for an interruption.
_BEAT = 100


def saved(paths: Iterable[Path]) -> Iterator[tuple[Path, ...]]:
    """The sorted files that are saved, created or removed from now on, each time some are.

    It never ends. Paths that do not exist, caches, hidden folders and backups of editors are
    ignored. Raises `KeyboardInterrupt`.
    """
    import watchfiles  # noqa: PLC0415 - only where something is watched

    present = [path for path in dict.fromkeys(paths) if path.exists()]
    changes = watchfiles.watch(
        *present, step=_QUIET, rust_timeout=_BEAT, yield_on_timeout=True, raise_interrupt=True
    )
    first = next(changes)  # it watches from here on, so no change is missed while the caller starts
    return (_files(some) for some in chain((first,), changes) if some)


def _files(changes: Iterable[tuple[object, str]]) -> tuple[Path, ...]:
    every = sorted({Path(path) for _, path in changes})
    # Editors write to temporary files that are renamed or removed at once.
    return tuple(path for path in every if path.exists()) or tuple(every)
