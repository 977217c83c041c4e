"""Takes an exception of a project's own Python, gives where its author should look."""

from collections.abc import Callable
from pathlib import Path

from relpro.errors import Origin

#: Rewrites a path of the file system as people know it: relative inside the project.
Relative = Callable[[str], str]


def place_of(error: BaseException, relative: Relative) -> Origin:
    """The innermost line inside the project on the way to `error`; elsewhere if there is none."""
    import traceback  # noqa: PLC0415 - only where something has failed

    if isinstance(error, SyntaxError) and error.filename:
        return Origin(relative(error.filename), error.lineno or 0)
    frames = [
        Origin(relative(frame.filename), frame.lineno or 0)
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    own = [place for place in frames if not _is_foreign(place.file)]
    return (own or frames)[-1]


def _is_foreign(file: str) -> bool:
    return Path(file).is_absolute() or file.startswith("<")


def words_of(error: BaseException) -> str:
    """What an exception says, in one line, with its type."""
    said = getattr(error, "msg", None) or str(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
