"""Takes paths and what to write there, gives files that are there as a whole or not at all.

What is written stands beside its place under another name, and takes it when it is complete: a full
disk or a kill leaves the file of before.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: Writes the content of one file.
Write = Callable[[BinaryIO], object]

#: Looks at a file that is written, by its name and where it is until it has its place.
Check = Callable[[str, Path], object]

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

    The folder is made where it is not there; what else it holds stays. `check` raises for a file
    that is not to be there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made: list[tuple[Path, Path]] = []
    try:
        for name, write in files:
            place = _place(folder / name)
            made.append((_beside(place), place))
            with _settled(made[-1][0]) as file:
                write(file)
            check(name, made[-1][0])
        for path, place in made:
            path.replace(place)
    except OSError as error:
        raise _of(error, *made[-1]) from None
    finally:
        _discard(*(path for path, _ in made))


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


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:200]}.{os.getpid()}.part")


@contextmanager
def _settled(path: Path) -> Iterator[BinaryIO]:
    """A new file, on the disk in the end: a name before its content would be a wreck, too."""
    with path.open("wb", buffering=BUFFER) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
