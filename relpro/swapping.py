"""Takes a folder that is written and the place of another, puts it there in one step.

What else the other holds stays: it is linked into the new one before, and is in both for a moment.
Then the two change names, which no kill can come between.
"""

import os
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

#: Files that are kept at most: a folder that holds more was not made for this.
MOST_KEPT = 1000

#: Source: Linux, renameat2(2).
_HERE, _EXCHANGE = -100, 2


def swapped(made: Path, place: Path, names: Collection[str]) -> bool:
    """Put the folder `made` in the place of another, whose files called `names` are gone then.

    False where that is not possible: nothing has changed then, but that `made` may hold more. In
    the end `made` holds what is gone, if anything.
    """
    try:
        if not place.exists():
            made.rename(place)
            return True
        # Whoever works there would be left in what is gone.
        if Path.cwd().is_relative_to(place) or _owner(made) != _owner(place):
            return False
        kept = _kept(made, place, names)
        if kept is None:
            return False
        shutil.copystat(place, made)
        _change_names(made, place, in_two_steps=not kept)
    except OSError:  # a mount, a parent in which nothing may be renamed, or no links
        return False
    _bring_over(made, place, {*names, *kept})
    return True


def _owner(folder: Path) -> tuple[int, int]:
    facts = folder.stat()
    return facts.st_uid, facts.st_gid


def _kept(made: Path, place: Path, names: Collection[str]) -> list[str] | None:
    """The files that stay, linked into `made`; None where they cannot all be."""
    kept: list[str] = []
    for name, path in _entries(place):
        if path.is_dir() and not path.is_symlink():
            (made / name).mkdir(exist_ok=True)
            shutil.copystat(path, made / name)
        elif name not in names:
            kept.append(name)
            if len(kept) > MOST_KEPT:
                return None
            os.link(path, made / name, follow_symlinks=False)
    return kept


def _entries(folder: Path) -> Iterator[tuple[str, Path]]:
    """Everything below a folder, with its name from there; folders before what they hold."""
    for path in sorted(folder.rglob("*")):
        yield path.relative_to(folder).as_posix(), path


def _bring_over(gone: Path, place: Path, known: Collection[str]) -> None:
    """Move what somebody has made meanwhile out of the folder that goes."""
    for name, path in _entries(gone):
        if name not in known and not path.is_dir() and not (place / name).exists():
            with suppress(OSError):
                path.rename(place / name)


def _change_names(made: Path, place: Path, *, in_two_steps: bool) -> None:
    """Let two folders change names; in two steps, if need be, for a moment none is in the place."""
    try:
        exchange(made, place)
    except OSError:
        if not in_two_steps:
            raise
        before = made.with_name(f"{made.name}.before")
        place.rename(before)
        try:
            made.rename(place)
        except OSError:
            before.rename(place)
            raise
        before.rename(made)


def exchange(one: Path, other: Path) -> None:
    """Let two paths change names in one step. Raises `OSError` where the system cannot."""
    import ctypes  # noqa: PLC0415 - only where a folder is written again

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if sys.platform != "linux" or call is None:
        raise OSError
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), str(other))
