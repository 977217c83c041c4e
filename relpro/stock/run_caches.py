"""Takes a section `run`, gives the folders that are kept from one task to the next.

The name of a cache ends in a digest of run-task, so a new run-task has new caches. Source:
taskgraph, run-task.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from posixpath import join
from typing import Any

import attrs

from relpro.model.run_task import RunTaskSettings
from relpro.run_task import PROGRAMS
from relpro.stock.run_checkout import Checkout, Machine
from relpro.stock.run_handlers import CACHES


@attrs.frozen
class Place:
    """A cached folder, the name of its cache, and the variable that holds its path."""

    name: str
    folder: str
    variable: str | None


def places_of(
    asked: Mapping[str, Any],
    checkouts: Sequence[Checkout],
    machine: Machine,
    settings: RunTaskSettings,
) -> Iterator[Place]:
    """The caches of a section; the names of checkout caches depend on the repositories in them."""
    said = asked.get("use-caches", True)
    wanted = ("checkout",) if said is True else tuple(said or ())
    suffix = f"-{settings.cache_version}".rstrip("-") + f"-{_digest_of(settings.revision)}"
    for one in wanted:
        name = one
        if one == "checkout":
            if not checkouts:
                continue
            sparse = bool(asked.get("sparse-profile"))
            name = (settings.sparse_cache if sparse else settings.checkout_cache) + _of_several(
                checkouts
            )
        yield Place(f"{name}{suffix}", machine.cache(one), CACHES[one])
    for name, variable in asked.get("folders", {}).items():
        yield Place(f"{name}{suffix}", join(machine.workdir, name), variable)


def _of_several(checkouts: Sequence[Checkout]) -> str:
    if len(checkouts) == 1:
        return ""
    places = sorted((one.repository.prefix, one.path) for one in checkouts)
    return f"-{hashlib.sha256(json.dumps(places).encode()).hexdigest()[:10]}"


@cache
def _digest_of(revision: str) -> str:
    known = revision.encode() if revision else PROGRAMS["run-task"].read_bytes()
    return hashlib.sha256(known).hexdigest()[:20]
