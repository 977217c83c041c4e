"""Takes the words of `relpro graph`, gives the document of its page, again whenever a file changed.

Each generation is a process of its own, so that edited transforms are imported anew.
`generate` is all that a live page knows of how documents come about.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from relpro.page.html import document_in


@attrs.frozen
class Generated:
    """A document as `relpro.page.html` packs it, or what was wrong, and the exit code."""

    packed: bytes = attrs.field(repr=False)
    problems: str
    code: int


def generate(words: Sequence[str]) -> Generated:
    """The document of the page of `relpro graph` with some arguments."""
    command = [sys.executable, "-P", "-m", "relpro", "graph", "--format", "html", *words]
    ran = subprocess.run(command, capture_output=True, check=False)
    if ran.returncode:
        said = ran.stderr.decode(errors="replace").strip()
        return Generated(b"", said or f"`relpro graph` ended with {ran.returncode}", ran.returncode)
    return Generated(document_in(ran.stdout), "", 0)


#: File -> when it was changed last, in nanoseconds, and its size in bytes.
Snapshot = Mapping[Path, tuple[int, int]]


def snapshot(paths: Sequence[Path]) -> Snapshot:
    """The files at some paths, and in those that are folders; without hidden ones and caches."""
    found = {}
    for path in (one for start in paths for one in (start, *start.rglob("*"))):
        if path.name.startswith(".") or "__pycache__" in path.parts:
            continue
        try:
            state = path.stat()
        except OSError:
            continue  # it is not there, or went away while we looked
        found[path] = (state.st_mtime_ns, state.st_size)
    return found
