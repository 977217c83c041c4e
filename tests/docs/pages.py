"""Takes a page of the documentation, gives what a test can check of it: files, sessions, tables.

A file is a fenced block below a line that is nothing but its path and a colon, in backticks. A
session is a fenced block called `console`: what follows a `$` is run in a shell, and what stands
below it must be its output, where `...` stands for anything.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import attrs

DOCS = Path(__file__).resolve().parents[2] / "docs"

#: Every page, shortest way first; README and CONTRIBUTING are among them.
PAGES = (
    DOCS.parent / "README.md",
    DOCS.parent / "CONTRIBUTING.md",
    *sorted(DOCS.rglob("*.md")),
)

_FILE = re.compile(r"^`([\w./-]+)`:\n\n?```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STEP = re.compile(f"(?P<file>{_FILE.pattern})|(?P<session>{_FENCED.pattern})", _FILE.flags)
_COMMAND = re.compile(r"^\$ (.*(?:\\\n.*)*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@attrs.frozen
class Write:
    """A file that the reader writes."""

    path: str
    text: str


@attrs.frozen
class Run:
    """A command that the reader runs, and what it prints."""

    command: str
    output: str

    def fits(self, printed: str) -> bool:
        """Whether that is what the page says is printed."""
        parts = map(re.escape, self.output.rstrip().split("..."))
        return re.fullmatch(".*?".join(parts), printed.rstrip(), re.DOTALL) is not None


def steps(text: str) -> Iterator[Write | Run]:
    """What a page asks its reader to do, in its order."""
    for match in _STEP.finditer(text):
        if match["file"]:
            yield Write(match[2], match[3])
        elif match[5] == "console":
            yield from runs(match[6])


def runs(session: str) -> Iterator[Run]:
    """The commands of one session."""
    for command, output in _COMMAND.findall(session):
        yield Run(command, output)


def blocks(text: str, language: str) -> tuple[str, ...]:
    """The fenced blocks of a page in a language."""
    return tuple(body for name, body in _FENCED.findall(text) if name == language)


def table(text: str, heading: str) -> list[tuple[str, ...]]:
    """The rows of the first table below a heading, without its own."""
    below = text.split(f"\n{heading}\n", 1)[1]
    rows = re.search(r"(?:^\|.*\|\n)+", below, re.MULTILINE)
    assert rows, f"there is no table below {heading}"
    cells = [
        tuple(cell.strip() for cell in line[2:-2].split(" | "))
        for line in rows[0].rstrip("\n").split("\n")
    ]
    return cells[2:]


def commands(text: str) -> Iterator[str]:
    """Every `relpro` command line of a page: in sessions, shell and indented blocks, and text."""
    joined = text.replace("\\\n", " ")
    shell = "\n".join(blocks(joined, "sh"))
    for source, pattern in (
        (joined, r"^\$ (relpro [a-z].*)$"),
        (joined, r"^    (relpro [a-z].*)$"),
        (joined, r"`(relpro [a-z][^`\n]*)`"),
        (shell, r"^(relpro [a-z].*)$"),
    ):
        for found in re.findall(pattern, source, re.MULTILINE):
            yield re.split(" [#|>] ", found)[0].strip()
