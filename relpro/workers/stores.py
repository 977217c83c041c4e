"""Takes packages for a store, records them in the ledger."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from relpro.workers.errand import Errand, Failed
from relpro.workers.ledger import Ledger


def hand_over(
    errand: Errand, store: str, ends: Iterable[str], about: Mapping[str, object], *, really: bool
) -> None:
    """Record the packages with these extensions for a store.

    A trial run is recorded as such. Raises `Failed` if there is no package.
    """
    packages = [one for one in errand.each_input() if one.path.endswith(tuple(ends))]
    if not packages:
        raise Failed(f"there is no package for {store}")
    ledger, sort = Ledger.of(errand), "package" if really else "trial"
    for one in packages:
        value = {"sha256": digest(one.file), "task": one.task_id, **about}
        ledger.record(errand, store, sort, one.path, value)


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
