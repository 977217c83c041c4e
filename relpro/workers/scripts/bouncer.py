"""Stands in for bouncerscript: records download names and their targets in the ledger.

`relpro.workers.downloads` redirects clients with them. Source: bouncerscript, script.py. The script
checks names and paths against tables of each product, which are not here; the graph is checked
instead (G366).
"""

import re
from collections.abc import Callable, Mapping

from relpro.workers.errand import Errand, Failed
from relpro.workers.ledger import Ledger

SERVICE, PRODUCT, ALIAS = "bouncer", "product", "alias"

#: The version of a nightly in a path.
_NIGHTLY = re.compile(r"\d+\.\d+a\d+")


def act(errand: Errand) -> None:
    """Carry out the action of a task. Raises `Unfit`, `Failed` and `Stopped`."""
    _ACTIONS[errand.scope(":bouncer:action:")](errand, Ledger.of(errand))


def _submit(errand: Errand, ledger: Ledger) -> None:
    """Record products. The target of an existing one is not changed."""
    for name, said in errand.payload["submission_entries"].items():
        errand.go_on()
        paths = said["paths_per_bouncer_platform"]
        known = ledger.find(SERVICE, PRODUCT, name)
        if known and known["paths"] != paths:
            raise Failed(f"product `{name}` leads elsewhere: {known['paths']}")
        value = {"paths": paths, "locales": errand.payload["locales"], **said["options"]}
        ledger.record(errand, SERVICE, PRODUCT, name, value)


def _alias(errand: Errand, ledger: Ledger) -> None:
    """Point aliases at products, all of which must exist."""
    aliases = errand.payload["aliases_entries"]
    missing = [name for name in aliases.values() if not ledger.find(SERVICE, PRODUCT, name)]
    if missing:
        raise Failed(f"no product is called {', '.join(f'`{name}`' for name in missing)}")
    for alias, product in aliases.items():
        ledger.record(errand, SERVICE, ALIAS, alias, {"product": product})


def _locate(errand: Errand, ledger: Ledger) -> None:
    """Insert the current nightly version into the paths of products."""
    version = errand.payload["version"]
    for name in errand.payload["bouncer_products"]:
        known = ledger.find(SERVICE, PRODUCT, name)
        if not known:
            raise Failed(f"no product is called `{name}`")
        if odd := [path for path in known["paths"].values() if not _NIGHTLY.search(path)]:
            raise Failed(f"product `{name}` has no version of every day in {', '.join(odd)}")
        paths = {key: _NIGHTLY.sub(version, path) for key, path in known["paths"].items()}
        ledger.record(errand, SERVICE, PRODUCT, name, {**known, "paths": paths})


_ACTIONS: Mapping[str, Callable[[Errand, Ledger], None]] = {
    "submission": _submit,
    "aliases": _alias,
    "locations": _locate,
}
