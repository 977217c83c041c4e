"""Takes the name of a cache, gives a folder with its content that nobody else uses meanwhile.

Two simultaneous tasks get different folders, as in production: a cache may be lost, and may contain
what any earlier task left.
"""

import re
import shutil
import tempfile
import threading
from hashlib import sha256
from pathlib import Path


class Caches:
    """The caches of a worker, each with several folders below `root`."""

    def __init__(self, root: Path) -> None:
        """Store caches below `root`, which is created."""
        self._root = root
        self._lock = threading.Lock()
        self._in_use: set[Path] = set()

    def take(self, name: str) -> Path:
        """A folder of a cache that is not in use; it is in use from now on."""
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
        """Return a folder, so that others can use it."""
        with self._lock:
            self._in_use.discard(folder)

    def purge(self, folder: Path) -> None:
        """Empty a folder; what cannot be removed, being of other users, is put aside."""
        aside = Path(tempfile.mkdtemp(prefix="purged-", dir=self._root))
        folder.rename(aside / folder.name)
        shutil.rmtree(aside, ignore_errors=True)

    def _place(self, name: str) -> Path:
        """Names may be longer than those of files, and have what paths of mounts may not."""
        shown = re.sub(r"[^\w.-]", "_", name[:40])
        return self._root / f"{shown}-{sha256(name.encode()).hexdigest()[:16]}"
