"""Takes an exception of a project's own Python, gives the line for its author."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from relpro.errors import Origin

#: Makes a path inside the project relative to it, for people.
Relative = Callable[[str], str]


#: Exceptions of a project's function, including those that would end the process as if all were
#: well.
FAILURES = (Exception, SystemExit)

#: The option that shows tracebacks of the project's functions.
TRACEBACK = "--traceback"

#: The remedy for an exception of a project's function.
SEE_TRACEBACK = f"`{TRACEBACK}` shows it from call to call"


def place_of(error: BaseException, relative: Relative) -> Origin:
    """The innermost line inside the project in the traceback.

    If there is none, the innermost line.
    """
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


def leave_debugger(error: BaseException) -> None:
    """Raise exceptions that are no failures of the function: they end the command.

    These are `KeyboardInterrupt`, which `bdb` raises as its own exception when somebody leaves a
    debugger, and the `SystemExit` that a signal raised.
    """
    if type(error).__name__ == "BdbQuit":
        raise KeyboardInterrupt from None
    if isinstance(error, SystemExit) and type(error) is not SystemExit:
        raise error


def way_to(error: BaseException) -> str:
    """The traceback of an exception, for its author."""
    import traceback  # noqa: PLC0415 - only where it is asked for

    return "".join(traceback.format_exception(error))


def words_of(error: BaseException) -> str:
    """The message of an exception, in one line, with its type."""
    said = getattr(error, "msg", None) or str(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


class NotImported(Exception):
    """A module of the project cannot be imported. `missing` names the one that is not installed."""

    def __init__(self, words: str, missing: str = "") -> None:
        super().__init__(words)
        self.missing = missing

    def is_absent(self, name: str) -> bool:
        """Whether the missing module is `name` itself, or a package that contains it."""
        return bool(self.missing) and f"{name}.".startswith(f"{self.missing}.")


#: The names of imported modules, for each recording that is active.
_NOTED: list[set[str]] = []


@contextmanager
def noted_imports() -> Iterator[set[str]]:
    """Records the names of the modules that `import_of` imports, until it ends."""
    _NOTED.append(set())
    try:
        yield _NOTED[-1]
    finally:
        _NOTED.pop()


def import_of(name: str) -> ModuleType:
    """The module for a dotted name. Raises `NotImported`, whatever fails in it."""
    for names in _NOTED:
        names.add(name)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise NotImported(words_of(error), error.name or "") from None
    except FAILURES as error:  # a module of the project may fail in any way
        place = place_of(error, lambda path: path.rpartition("/")[2])
        raise NotImported(f"{words_of(error)} ({place})") from None
