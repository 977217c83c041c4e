"""Takes paths and what to write there, gives files that are there as a whole or not at all.

What is written stands beside its place under another name, and takes it when it is complete: a full
disk or a kill leaves the file of before.
"""

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from relpro.swapping import swapped

#: Writes the content of one file.
Write = Callable[[BinaryIO], object]

#: Looks at a file that is written, by its name and where it is until it has its place.
Check = Callable[[str, Path], object]

#: The file of a folder that is written file by file, until all of them are there.
INCOMPLETE = ".incomplete"

#: Bytes that are gathered before they are written.
BUFFER = 1 << 20


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes its place at `path` at the end. Raises `OSError`.

    A pipe or a device, which holds no content, is written to as it is.
    """
    place = _place(path)
    if place.exists() and not place.is_file():
        with place.open("wb", buffering=BUFFER) as file:
            yield file
        return
    made = _beside(place)
    try:
        with _settled(made) as file:
            yield file
        made.replace(place)
    except OSError as error:
        raise _of(error, made, path) from None
    finally:
        _discard(made)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file. Raises `OSError`; then the file of before is there, or none."""
    with whole_file(path) as file:
        file.write(content)


def _anything(_name: str, _path: Path) -> None:
    pass


def write_folder(
    folder: Path, files: Iterable[tuple[str, Write]], check: Check = _anything
) -> None:
    """Write files of a folder, all of them or none: name and writer of each. Raises `OSError`.

    Folders are made where they are not there; what else they hold stays. `check` raises for a file
    that is not to be there. A kill leaves the files of before, none or the new ones. Where a folder
    can only be written file by file (a mount, one in whose parent nothing may be made, the one in
    which somebody works), it has a file `INCOMPLETE` until all are there: see `is_complete`.
    """
    place = folder.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    # A folder in whose parent nothing may be made is there already, as that of a container is.
    made = _beside(place if os.access(place.parent, os.W_OK) else place / "artifacts")
    names = list[str]()
    try:
        made.mkdir()
        for name, write in files:
            names.append(name)
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            with _settled(made / name) as file:
                write(file)
            check(name, made / name)
        if not swapped(made, place, {*names, INCOMPLETE}):
            _filled(made, place, names)
    except OSError as error:
        last = "".join(names[-1:])
        raise _of(error, made / last, folder / last) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def is_complete(folder: Path) -> bool:
    """Whether what `write_folder` wrote to a folder is all there: it was not killed meanwhile."""
    return not (folder / INCOMPLETE).exists()


def _filled(made: Path, place: Path, names: Collection[str]) -> None:
    """Put the files of one folder into another, once none of those of before is there."""
    parts = [(_beside(target), target) for target in (_place(place / name) for name in names)]
    for _, target in parts:
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        for name, (part, _) in zip(names, parts, strict=True):
            with _settled(part) as file, (made / name).open("rb") as content:
                shutil.copyfileobj(content, file, BUFFER)
        write_whole(place / INCOMPLETE, b"relpro writes, or was ended while it wrote\n")
        for _, target in parts:
            target.unlink(missing_ok=True)
        for part, target in parts:
            part.replace(target)
        (place / INCOMPLETE).unlink()
    finally:
        _discard(*(part for part, _ in parts))


def _discard(*made: Path) -> None:
    """Take away what has not taken its place."""
    for path in made:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _of(error: OSError, made: Path, path: Path) -> OSError:
    """The error, naming the file that people know."""
    if error.filename in {None, str(made)} and error.errno:
        return OSError(error.errno, error.strerror, str(path))
    return error


def _place(path: Path) -> Path:
    """Where a link leads: it stays, and what it leads to is written."""
    return path.resolve() if path.is_symlink() else path


def _beside(path: Path, what: str = "part") -> Path:
    return path.with_name(f".{path.name[:200]}.{os.getpid()}.{what}")


@contextmanager
def _settled(path: Path) -> Iterator[BinaryIO]:
    """A new file, on the disk in the end: a name before its content would be a wreck, too."""
    with path.open("wb", buffering=BUFFER) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
