"""Takes the name of a cache, gives a folder that nobody else uses at the time, with what it held.

Two tasks that run at once have a folder each, as on workers of production: a cache may be lost, and
may hold what any earlier task has left.
"""

import threading
from hashlib import sha256
from pathlib import Path


class Caches:
    """The caches of a worker, each a number of folders below `root`."""

    def __init__(self, root: Path) -> None:
        """Keep them below `root`, which is made."""
        self._root = root
        self._lock = threading.Lock()
        self._in_use: set[Path] = set()

    def take(self, name: str) -> Path:
        """A folder of a cache that is not in use; from now on it is."""
        place = self._place(name)
        with self._lock:
            for number in range(len(self._in_use) + 1):
                folder = place / str(number)
                if folder not in self._in_use:
                    folder.mkdir(parents=True, exist_ok=True)
                    self._in_use.add(folder)
                    return folder
        raise AssertionError("more folders are in use than there are")

    def give_back(self, folder: Path) -> None:
        """Let others use a folder that was taken."""
        with self._lock:
            self._in_use.discard(folder)

    def _place(self, name: str) -> Path:
        """Names hold slashes, and are longer than names of files may be."""
        return (
            self._root / f"{name[:40].replace('/', '_')}-{sha256(name.encode()).hexdigest()[:16]}"
        )
