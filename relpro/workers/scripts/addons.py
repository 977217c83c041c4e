"""Stands in for addonscript: records language packs in the ledger, and signs them like the site.

    public/build/LOCALE/target.langpack.xpi

The site's key is that of the certificate `addons`. An existing version is refused with other
content. Source: addonscript, script.py and xpi.py.
"""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

from relpro.workers.errand import Errand, Failed
from relpro.workers.job import UNAVAILABLE, Unfit
from relpro.workers.keys import Keys
from relpro.workers.ledger import Ledger
from relpro.workers.signing import jar
from relpro.workers.stores import digest

_CERTIFICATE = "addons"

SERVICE = "addons"


def act(errand: Errand) -> None:
    """Submit and sign the inputs. Raises `Unfit`, `Failed` and `Stopped`."""
    keys = Keys(errand.services.keys).signing(_CERTIFICATE)
    if keys is None:
        what = f"there are no keys for certificate `{_CERTIFICATE}`, that of the site"
        raise Unfit(what, UNAVAILABLE)
    ledger = Ledger.of(errand)
    for one in errand.each_input():
        said = _manifest(one.path, one.file)
        name = f"{said['langpack_id']} {said['version']}"
        value = {"sha256": digest(one.file), "channel": errand.payload["channel"]}
        known = ledger.find(SERVICE, "version", name)
        if known and known != value:
            raise Failed(f"{name} is there with other content")
        ledger.record(errand, SERVICE, "version", name, value)
        made = errand.publish(f"public/build/{said['langpack_id']}/target.langpack.xpi")
        shutil.copyfile(one.file, made)
        jar.sign(made, keys)


def _manifest(name: str, path: Path) -> dict[str, object]:
    """The manifest inside a language pack."""
    try:
        with zipfile.ZipFile(path) as pack:
            said: dict[str, Any] = json.loads(pack.read("manifest.json"))
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise Failed(f"`{name}` is not a language pack with a manifest") from None
    if missing := [key for key in ("langpack_id", "version", "name") if key not in said]:
        raise Failed(f"the manifest of `{name}` lacks {', '.join(missing)}")
    return said
