"""Takes paths and contents, writes files completely or not at all.

Content is written to a temporary file beside the target, which is renamed when it is complete:
after a full disk or a kill, the previous file is still there.
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

#: Checks a written file, by its name and temporary path.
Check = Callable[[str, Path], object]

#: Marks a folder that is written file by file, until all files are there.
INCOMPLETE = ".incomplete"

#: Bytes that are buffered before they are written.
BUFFER = 1 << 20


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which replaces `path` at the end. Raises `OSError`.

    A pipe or a device, which has no content, is written directly.
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
    """Write a file. If it raises `OSError`, the previous file is still there, or none."""
    with whole_file(path) as file:
        file.write(content)


def _anything(_name: str, _path: Path) -> None:
    pass


def write_folder(
    folder: Path, files: Iterable[tuple[str, Write]], check: Check = _anything
) -> None:
    """Write files of a folder, all or none: name and writer of each. Raises `OSError`.

    Missing folders are created; other files are kept. `check` raises for a file that must not be
    written. After a kill, the folder has the previous files, none, or the new ones. If a folder can
    only be written file by file (a mount, a folder whose parent cannot be written, a current
    folder), it contains `INCOMPLETE` until all files are there: see `is_complete`.
    """
    place = folder.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    # A folder whose parent cannot be written exists already, such as that of a container.
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
    """Whether `write_folder` has completed: it was not killed meanwhile."""
    return not (folder / INCOMPLETE).exists()


def _filled(made: Path, place: Path, names: Collection[str]) -> None:
    """Move the files of one folder into another, after the previous ones are removed."""
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
    """Remove temporary files that were not used."""
    for path in made:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _of(error: OSError, made: Path, path: Path) -> OSError:
    """The error, with the file name that people know."""
    if error.filename in {None, str(made)} and error.errno:
        return OSError(error.errno, error.strerror, str(path))
    return error


def _place(path: Path) -> Path:
    """The target of a link: the link stays, and its target is written."""
    return path.resolve() if path.is_symlink() else path


def _beside(path: Path, what: str = "part") -> Path:
    return path.with_name(f".{path.name[:200]}.{os.getpid()}.{what}")


@contextmanager
def _settled(path: Path) -> Iterator[BinaryIO]:
    """A new file, synced to disk: after a crash, a name without content would be useless."""
    with path.open("wb", buffering=BUFFER) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
