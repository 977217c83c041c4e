"""Takes the rules of a manifest, creates them on an update server.

At first none offers an update.
"""

import requests

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.rehearsal.manifest import FILE, Manifest

_NOTHING = "No-Update"
_PATIENCE = 30
_WHO = {"Authorization": "Bearer rehearsal"}

_DEFAULTS = {"priority": 100, "backgroundRate": 100, "update_type": "minor", "mapping": _NOTHING}


def make_rules(address: str, product: str, manifest: Manifest) -> None:
    """Create the rules, in their order. Raises `RelproError` (U813) for a refused one."""
    if not manifest.rules:
        return
    name = str(manifest.rules[0].get("product") or product.capitalize())
    blob = {
        "name": _NOTHING,
        "product": name,
        "schema_version": 9,
        "hashFunction": "sha512",
        "appVersion": "0",
        "displayVersion": "0",
        "fileUrls": {},
        "platforms": {},
        "updateLine": [],
    }
    _call("POST", f"{address}/api/releases", {"name": _NOTHING, "product": name, "blob": blob})
    for rule in manifest.rules:
        _call("POST", f"{address}/api/rules", {**_DEFAULTS, **rule})


def look(address: str) -> None:
    """Check that the server answers."""
    requests.get(f"{address}/__heartbeat__", timeout=_PATIENCE, proxies={"http": ""})


def set_rate(address: str, alias: str, rate: int) -> None:
    """Set the background rate of a rule, in percent."""
    url = f"{address}/api/rules/{alias}"
    known = requests.get(url, timeout=_PATIENCE, proxies={"http": ""})
    version = known.json()["data_version"]
    _call("POST", url, {"backgroundRate": rate, "data_version": version})


def _call(verb: str, url: str, body: object) -> None:
    answer = requests.request(
        verb, url, json=body, headers=_WHO, timeout=_PATIENCE, proxies={"http": ""}
    )
    if not answer.ok:
        what = f"the update server refuses {verb} {url}: {answer.text}"
        raise RelproError(Diagnostic("U813", what, (Origin(FILE),)))
