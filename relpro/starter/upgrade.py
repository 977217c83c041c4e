"""Takes what an earlier relpro wrote, what is there and what is written today: what becomes of it.

What people changed stays: the two changes are merged by git, and where both are about the same
lines, the file is left alone.
"""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Final

import attrs

from relpro.starter.record import Record, is_of
from relpro.starter.template import StarterFile

#: Why a file is left as it is.
_TAKEN_AWAY: Final = "you took it away"
_UNKNOWN: Final = "it is not known what you changed in it"
_CONFLICT: Final = "you changed the lines that relpro changes"


@attrs.frozen
class Upgrade:
    """What becomes of a file: `text` is to be written, or None, and `why` it is left alone.

    `before` is what is there; empty where nothing is. `wanted` is what relpro writes today.
    """

    file: StarterFile
    before: str
    text: str | None
    why: str = ""

    @property
    def wanted(self) -> str:
        """The text of today's template."""
        return self.file.text

    def difference(self) -> Iterator[str]:
        """Lines of a diff: what would be written, or what relpro would write if it were let."""
        after = self.wanted if self.text is None else self.text
        name = self.file.path
        lines = (self.before.splitlines(), after.splitlines())
        yield from unified_diff(*lines, f"{name} as it is", f"{name} of today", lineterm="")


def upgrades(
    root: Path, files: Iterable[StarterFile], record: Record | None, over: Iterable[str] = ()
) -> Iterator[Upgrade]:
    """What becomes of each file that relpro looks after and that is not as it is written today.

    Files that fit a glob of `over` are written whatever was changed in them.
    """
    named = tuple(over)
    written = record.files if record else {}
    for file in files:
        path = root / file.path
        there = path.read_text(encoding="utf-8") if path.is_file() else None
        base = written.get(file.path)
        if not is_of(file) or file.text in (there, base):
            continue
        if named and is_of(file, named):
            yield Upgrade(file, there or "", file.text)
        elif there is None:
            took = base is not None
            yield Upgrade(file, "", None if took else file.text, _TAKEN_AWAY if took else "")
        elif base is None:
            yield Upgrade(file, there, None, _UNKNOWN)
        else:
            merged = _merged(there, base, file.text)
            yield Upgrade(file, there, merged, "" if merged is not None else _CONFLICT)


def _merged(mine: str, base: str, theirs: str) -> str | None:
    """A text with the changes of both; None where they are about the same lines."""
    if mine == base:
        return theirs
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("mine", "base", "theirs")]
        for path, text in zip(paths, (mine, base, theirs), strict=True):
            path.write_text(text, encoding="utf-8")
        command = ["git", "merge-file", "-p", "-q", *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None
