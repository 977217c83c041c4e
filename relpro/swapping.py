"""Takes a new folder and an existing one, replaces the latter in one step.

Other files of the existing folder are kept: they are linked into the new one first. Then the two
exchange names, which no kill can interrupt.
"""

import os
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

#: The most files that are kept: a folder with more of them was not made for artifacts.
MOST_KEPT = 1000

#: Source: Linux, renameat2(2).
_HERE, _EXCHANGE = -100, 2


def swapped(made: Path, place: Path, names: Collection[str]) -> bool:
    """Put the folder `made` in place of another, whose files called `names` are replaced.

    False if that is impossible: nothing has changed then, except that `made` may contain more.
    Afterwards `made` contains the replaced files, if any.
    """
    try:
        if not place.exists():
            made.rename(place)
            return True
        # A process whose current folder it is would stay in the replaced one.
        if Path.cwd().is_relative_to(place) or _owner(made) != _owner(place):
            return False
        kept = _kept(made, place, names)
        if kept is None:
            return False
        shutil.copystat(place, made)
        _change_names(made, place, in_two_steps=not kept)
    except OSError:  # a mount, a parent that cannot be written, or a file system without links
        return False
    _bring_over(made, place, {*names, *kept})
    return True


def _owner(folder: Path) -> tuple[int, int]:
    facts = folder.stat()
    return facts.st_uid, facts.st_gid


def _kept(made: Path, place: Path, names: Collection[str]) -> list[str] | None:
    """The files to keep, linked into `made`; None if that is impossible for some."""
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
    """Everything below a folder, with relative names; folders before their contents."""
    for path in sorted(folder.rglob("*")):
        yield path.relative_to(folder).as_posix(), path


def _bring_over(gone: Path, place: Path, known: Collection[str]) -> None:
    """Move files that were created meanwhile out of the replaced folder."""
    for name, path in _entries(gone):
        if name not in known and not path.is_dir() and not (place / name).exists():
            with suppress(OSError):
                path.rename(place / name)


def _change_names(made: Path, place: Path, *, in_two_steps: bool) -> None:
    """Let two folders exchange names; in two steps if the system cannot do it in one."""
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
    """Let two paths exchange names in one step. Raises `OSError` if the system cannot."""
    import ctypes  # noqa: PLC0415 - only where a folder is written again

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if sys.platform != "linux" or call is None:
        raise OSError
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), str(other))
