"""Takes a folder, keeps it for one process: others would use the same files."""

import fcntl
from pathlib import Path
from typing import TextIO

from relpro.errors import Diagnostic, RelproError


def hold(folder: Path, who: str) -> TextIO:
    """A file in a folder, which is created; while it is open, nobody else can hold the folder.

    `who` names the holder in messages: a worker, a rehearsal. Raises `RelproError` (Q711) if
    another one holds the folder, and `OSError` if it cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = (folder / ".lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        what = f"another {who} works in {folder}"
        raise RelproError(Diagnostic("Q711", what, remedy="name another `--folder`")) from None
    return held
