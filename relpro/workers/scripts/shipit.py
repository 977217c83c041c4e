"""Stands in for shipitscript: records requests to the service of releases in the ledger.

Source: shipitscript, ship_actions.py. A release that is marked as shipped is assumed to exist.
"""

import re
from collections.abc import Callable, Mapping

from relpro.workers.errand import Errand, Failed
from relpro.workers.ledger import Ledger

SERVICE = "ship-it"

#: The name of a release: product, version and build. Source: Ship-it, Release.
_NAME = re.compile(r"(.+)-(.+)-build([1-9]\d*)")


def act(errand: Errand) -> None:
    """Carry out the action of a task. Raises `Unfit` and `Failed`."""
    _ACTIONS[errand.scope(":ship-it:action:")](errand, Ledger.of(errand))


def _ship(errand: Errand, ledger: Ledger) -> None:
    name = errand.payload["release_name"]
    if not _NAME.fullmatch(name):
        raise Failed(f"`{name}` is not a name of a release: PRODUCT-VERSION-buildNUMBER")
    ledger.record(errand, SERVICE, "release", name, {"status": "shipped"})


def _merge(errand: Errand, ledger: Ledger) -> None:
    number = str(errand.payload["automation_id"])
    ledger.record(errand, SERVICE, "merge", number, {"status": "completed"})


def _create(errand: Errand, ledger: Ledger) -> None:
    """A release that is created automatically is the first build of its version."""
    said = errand.payload
    name = f"{said['product'].capitalize()}-{said['version']}-build1"
    if ledger.find(SERVICE, "release", name):
        raise Failed(f"there is a release {name} already")
    value = {key: said[key] for key in ("branch", "phase", "cron_revision")}
    ledger.record(errand, SERVICE, "release", name, {"status": "scheduled", **value})


def _set_version(errand: Errand, ledger: Ledger) -> None:
    said = errand.payload
    name = f"{said['product']}/{said['channel']}"
    ledger.record(errand, SERVICE, "version", name, {"version": said["version"]})


def _create_nightly(errand: Errand, ledger: Ledger) -> None:
    said = errand.payload
    name = f"{said['product']}/{said['channel']}/{said['buildid']}"
    value = {key: said[key] for key in ("version", "locales")}
    ledger.record(errand, SERVICE, "nightly", name, value)


_ACTIONS: Mapping[str, Callable[[Errand, Ledger], None]] = {
    "mark-as-shipped": _ship,
    "mark-as-merged": _merge,
    "create-new-release": _create,
    "update-product-channel-version": _set_version,
    "create-new-nightly-release": _create_nightly,
}
