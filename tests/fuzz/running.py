"""Runs a command in this process, and judges how it ends."""

import io
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FrameType
from unittest import mock

import attrs

from relpro.cli import main

#: Seconds after which a command hangs.
LONGEST = 120

#: Codes of what stands in a document: each tells where.
_LOCATED = re.compile(r"error\[(K2..|Y1..|P50[123]|T4..|G308)\]")

#: What is wrong with how a case ended; empty where nothing is.
Fault = str
#: Runs one case.
Case = Callable[[Random], Fault]


class Hang(BaseException):
    """A command takes too long."""


@attrs.frozen
class Ran:
    """What a command gave."""

    code: int
    out: str
    err: str
    left: tuple[str, ...] = ()

    @property
    def fault(self) -> Fault:
        """What no input whatever may bring about."""
        if self.left:
            return f"written where nobody asked for it: {self.left}"
        if self.code not in range(5):
            return f"exit code {self.code}: {self.err[-3000:]}"
        if self.code == 2 and "Usage:" in self.err:
            return ""
        if self.code > 1 and not re.search(r"error\[\w+\]", self.err):
            return f"exit code {self.code} without a coded error: {self.err[-2000:]}"
        for part in re.split(r"\n\n(?=error\[)", self.err):
            if _LOCATED.match(part) and "\n  --> " not in part:
                return f"nowhere: {part}"
            if "error[T410]" in part:
                return part
        return ""


def relpro(*words: str, **environment: str) -> Ran:
    """Run the command line with these words, as a shell would.

    The folder that it is in, the environment and the home are its own.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape") for _ in range(2))
    with (
        TemporaryDirectory() as here,
        chdir(here),
        mock.patch.object(sys, "argv", ["relpro", *words]),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
        mock.patch.dict(
            os.environ, {"PATH": os.environ["PATH"], "HOME": here, **environment}, clear=True
        ),
        not_for_ever(),
    ):
        code = _ended()
        out.flush()
        err.flush()
        left = tuple(path.name for path in Path(here).iterdir())
    said = [one.detach().getvalue().decode(errors="replace") for one in (out, err)]
    return Ran(code, said[0], said[1], left)


def taken(ran: Ran) -> None:
    """See that a document is right before anything of it is changed."""
    assert ran.code == 0, ran.err


def _ended() -> int:
    try:
        main()
    except SystemExit as stop:
        return int(stop.code or 0)
    except Hang:
        sys.stderr.write(f"it takes longer than {LONGEST} s")
        return 124
    return 0


@contextmanager
def not_for_ever() -> Iterator[None]:
    """Raise `Hang` in what takes too long."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def listing(folder: Path, besides: tuple[Path, ...] = ()) -> Mapping[str, tuple[int, int]]:
    """Every file below a folder, besides some folders, with its size and when it was written."""
    listed = {}
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if Path(above, name) not in besides]
        for path in (Path(above, name) for name in names):
            said = path.lstat()
            listed[str(path.relative_to(folder))] = (said.st_size, said.st_mtime_ns)
    return listed


def faults(sort: str, case: Case, seeds: Iterable[int]) -> Iterator[Fault]:
    """What is wrong with how the cases of some seeds ended, one by one."""
    for seed in seeds:
        if fault := case(Random(f"{sort} {seed}")):
            yield f"{sort} {seed}: {fault}"
