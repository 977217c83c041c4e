"""Takes a folder, keeps data in it from one rehearsal to the next.

keys/            throw-away keys
workers/         caches of workers
previous/ID/     the previous release: published files, statements, the state of the update
                 server
latest/          what the latest rehearsal has left
gone/            what an earlier one had left, until it is removed
"""

import shutil
import threading
import time
from pathlib import Path

import attrs

from relpro.rehearsal.stage import Stage
from relpro.updates.state import State
from relpro.updates.store import Store

_UPDATES, _FILES, _LEDGER, _STATED = "updates.sqlite", "published", "ledger", "provenance"


@attrs.frozen
class Shelf:
    """The folder."""

    folder: Path

    @property
    def keys(self) -> Path:
        """The keys."""
        return self.folder / "keys"

    @property
    def workers(self) -> Path:
        """The files and caches of workers."""
        return self.folder / "workers"

    def empty(self) -> Path:
        """An empty folder for a rehearsal.

        What an earlier one had left there is removed meanwhile: thousands of files take seconds.
        """
        latest, gone = self.folder / "latest", self.folder / "gone"
        gone.mkdir(parents=True, exist_ok=True)
        if latest.exists():
            latest.rename(gone / str(time.time_ns()))
        latest.mkdir()
        remove = threading.Thread(target=shutil.rmtree, args=(gone, True), daemon=True)
        remove.start()
        return latest

    def save(self, revision: str, here: Stage, stated: Path) -> None:
        """Keep the results of a release, by its revision.

        `stated` is the folder of statements.
        """
        place = self._place(revision)
        made = place.with_name(f".{place.name}")
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(here.published.folder, made / _FILES)
        shutil.copytree(stated, made / _STATED)
        store = Store(str(made / _UPDATES))
        store.save(State(), here.updates.state)
        store.close()
        if here.services.ledger and here.services.ledger.exists():
            shutil.copytree(here.services.ledger, made / _LEDGER)
        for old in place.parent.glob("[0-9a-f]*"):
            shutil.rmtree(old)
        made.rename(place)

    def load(self, revision: str, here: Stage, stated: Path) -> bool:
        """Restore the results of a release; returns whether they were kept."""
        place = self._place(revision)
        if not (place / _STATED).is_dir():
            return False
        here.published.load(place / _FILES)
        shutil.copytree(place / _STATED, stated, dirs_exist_ok=True)
        store = Store(str(place / _UPDATES))
        here.updates.replace(store.load())
        store.close()
        if (place / _LEDGER).exists() and here.services.ledger:
            shutil.copytree(place / _LEDGER, here.services.ledger, dirs_exist_ok=True)
        return True

    def _place(self, revision: str) -> Path:
        return self.folder / "previous" / revision
