"""Takes the output of commands and messages of the worker, writes the log of a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import attrs


@attrs.frozen
class Log:
    """The log of a run: commands write to `file`, which lies at `path`."""

    path: Path
    file: BinaryIO

    def say(self, text: str) -> None:
        """Write messages of the worker, each with the time."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for line in text.splitlines():
            self.file.write(f"[taskcluster {now}] {line}\n".encode())
        self.file.flush()


@contextmanager
def log_at(path: Path) -> Iterator[Log]:
    """A log at a path, open during the context."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            yield Log(path, file)
    finally:
        path.unlink(missing_ok=True)
