"""Takes the exception that ended a command, prints it, gives the exit code."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import click

from relpro.errors import Diagnostic, RelproError, render
from relpro.python.failure import TRACEBACK, way_to

_BUG = """
This is a bug in relpro, or in a transform that it could not name. Please report it with the lines
above and with the output of `relpro --version`."""

#: System errors about output that does not fit or cannot be written; they name no file then.
_UNWRITABLE = frozenset({errno.EBADF, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC})


def tell(error: BaseException) -> int:
    """The exit code for an error. Buffered output is still written if possible."""
    _settle(sys.stdout)
    known = (_of_system(error) if isinstance(error, OSError) else None) or error
    try:
        _say(known)
    except OSError:
        _settle(sys.stderr)
    return _code(known)


def _say(error: BaseException) -> None:
    match error:
        case click.ClickException():
            error.show()
        case RelproError():
            click.echo(rendered(error, _root()), err=True)
            if TRACEBACK in sys.argv:
                for way in _ways(error):
                    click.echo(f"\n{way}", err=True, nl=False)
        case click.Abort() | KeyboardInterrupt():
            click.echo("interrupted", err=True)
        case BrokenPipeError():
            pass
        case _:
            import traceback  # noqa: PLC0415 - only for a bug

            traceback.print_exception(error)
            click.echo(_BUG, err=True)


def _ways(error: RelproError) -> Iterator[str]:
    """The tracebacks of project functions, without duplicates of one line."""
    ways = (way_to(one.raised) for one in error.diagnostics if one.raised is not None)
    return iter(dict.fromkeys(ways))


def _code(error: BaseException) -> int:
    match error:
        case click.ClickException():
            return 2
        case RelproError():
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            return 130
        case BrokenPipeError():
            return 141
        case _:
            return 70


def _of_system(error: OSError) -> RelproError | None:
    """The message for a system error that a user can fix; None for others."""
    why = (error.strerror or str(error)).lower()
    # Of a copy that does not fit, the second name is where it does not.
    name = error.filename2 if error.errno in _UNWRITABLE and error.filename2 else error.filename
    if name is not None:
        what = f"`{name}` cannot be used: {why}"
        remedy = "see that the path is right and that you may use it"
    elif error.errno in _UNWRITABLE:
        what, remedy = f"the output cannot be written: {why}", "make room, or write elsewhere"
    elif error.errno == errno.ENOENT:
        what, remedy = "the current folder does not exist any more", "go to another folder"
    else:
        return None
    return RelproError(Diagnostic("Q711", what, remedy=remedy))


def _settle(stream: TextIO | None) -> None:
    """Flush a stream; on failure, discard the output, or Python would try again when it exits."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def rendered(error: RelproError, root: Path) -> str:
    """The message of an error, with the lines of the project's files that it names."""
    from relpro.yaml.document import read_line  # noqa: PLC0415 - only when something is wrong

    return render(error.diagnostics, read_line(root))


def _root() -> Path:
    """The root of the command's project; the current folder if it has none."""
    from relpro.project import Project  # noqa: PLC0415

    try:
        return Project.find(Path(_root_argument())).root
    except (RelproError, OSError):
        return Path()


def _root_argument() -> str:
    words = sys.argv[1:]
    for place, word in enumerate(words):
        if word in {"--root", "-r"} and place + 1 < len(words):
            return words[place + 1]
        if word.startswith("--root="):
            return word.removeprefix("--root=")
    return "."
