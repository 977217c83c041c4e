"""Takes the words of `relpro graph`, gives the document of its page; tells whether files changed.

Each generation is a process of its own, so that edited transforms are imported anew.
`generate` is all that a live page knows of how documents come about.
"""

import gzip
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import orjson

from relpro.page.html import document_in, pack

#: Generations that run at a time: each has work for two processors in part.
_AT_ONCE = 2


@attrs.frozen
class Generated:
    """A document as `relpro.page.html` packs it, or what was wrong, and the exit code."""

    packed: bytes = attrs.field(repr=False)
    problems: str
    code: int


def generate(words: Sequence[str], phases: Sequence[str] = ()) -> Generated:
    """The document of the pages of `relpro graph` with some arguments, for each phase."""
    commands = [(*words, f"--phase={phase}") for phase in phases] or [tuple(words)]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        made = list(threads.map(_generate, commands))
    problems = dict.fromkeys(one.problems for one in made if one.problems)
    if problems:
        return Generated(b"", "\n\n".join(problems), max(one.code for one in made))
    return made[0] if len(made) == 1 else Generated(_joined(one.packed for one in made), "", 0)


def _generate(words: Sequence[str]) -> Generated:
    command = [sys.executable, "-P", "-m", "relpro", "graph", "--format", "html", *words]
    ran = subprocess.run(command, capture_output=True, check=False)
    if ran.returncode:
        said = ran.stderr.decode(errors="replace").strip()
        return Generated(b"", said or f"`relpro graph` ended with {ran.returncode}", ran.returncode)
    return Generated(document_in(ran.stdout), "", 0)


def _joined(packed: Iterable[bytes]) -> bytes:
    """One document with the graphs of several."""
    every = [orjson.loads(gzip.decompress(one)) for one in packed]
    title = "; ".join(one["title"] for one in every)
    graphs = [graph for one in every for graph in one["graphs"]]
    return pack(orjson.dumps({**every[0], "title": title, "graphs": graphs}))


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
