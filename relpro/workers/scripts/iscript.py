"""Stands in for iscript, which signs on a Mac: applications in archives, as far as that goes.

Packages for the installer (`.pkg`) are made by a Mac's own programs alone, and disk images are
opened by them. Entitlements and profiles are no part of these signatures. Source: iscript, mac.py.
"""

from relpro.workers.errand import Errand
from relpro.workers.job import Unfit
from relpro.workers.signing.methods import Signing

_DEFAULT = "mac_sign"

#: Behaviors that make a package too, or sign one.
_PACKAGES = "pkg"

_NOT_HERE = ("entitlements-url", "hardened-sign-config", "provisioning-profile-config")


def act(errand: Errand) -> None:
    """Sign every upstream artifact with formats; the others are read by a Mac alone."""
    behavior = errand.payload.get("behavior", _DEFAULT)
    if _PACKAGES in behavior:
        raise Unfit(f"`{behavior}` needs a Mac: it makes packages", "resource-unavailable")
    for key in _NOT_HERE:
        if key in errand.payload:
            errand.say(f"differs: `{key}` is not in these signatures")
    task = Signing.of(errand)
    for one in errand.each_input():
        if one.item["formats"]:
            task.sign(one, task.methods(one.item["formats"]))
