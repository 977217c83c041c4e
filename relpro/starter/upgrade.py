"""Takes the text of an earlier relpro, the present file and today's template: merges them.

People's changes are kept: git merges both changes, and if they concern the same lines, the file is
left alone.
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

#: Reasons to leave a file alone.
_TAKEN_AWAY: Final = "you took it away"
_UNKNOWN: Final = "it is not known what you changed in it"
_CONFLICT: Final = "you changed the lines that relpro changes"


@attrs.frozen
class Upgrade:
    """The upgrade of a file: `text` is the new content, or None with the reason `why`.

    `before` is the present content, or empty. `wanted` is the text of today's template.
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
        """Lines of a diff: of the new content, or of today's template if the file is left alone."""
        after = self.wanted if self.text is None else self.text
        name = self.file.path
        lines = (self.before.splitlines(), after.splitlines())
        yield from unified_diff(*lines, f"{name} as it is", f"{name} of today", lineterm="")


def upgrades(
    root: Path, files: Iterable[StarterFile], record: Record | None, over: Iterable[str] = ()
) -> Iterator[Upgrade]:
    """The upgrade of each file of relpro's that differs from today's template.

    Files that match a glob of `over` are overwritten whatever was changed in them.
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
    """A text with both changes; None if they concern the same lines."""
    if mine == base:
        return theirs
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("mine", "base", "theirs")]
        for path, text in zip(paths, (mine, base, theirs), strict=True):
            path.write_text(text, encoding="utf-8")
        command = ["git", "merge-file", "-p", "-q", *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None
