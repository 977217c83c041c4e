"""Stands in for iscript, which signs on a Mac: applications in archives, as far as possible.

Installer packages (`.pkg`) can only be made, and disk images only be opened, by a Mac's own
programs. Entitlements and profiles are not part of these signatures. Source: iscript, mac.py.
"""

from relpro.workers.errand import Errand
from relpro.workers.job import UNAVAILABLE, Unfit
from relpro.workers.signing.methods import Signing

_DEFAULT = "mac_sign"

#: Behaviors that also make or sign a package.
_PACKAGES = "pkg"

_NOT_HERE = ("entitlements-url", "hardened-sign-config", "provisioning-profile-config")


def act(errand: Errand) -> None:
    """Sign every upstream artifact that has formats; only a Mac needs the others."""
    behavior = errand.payload.get("behavior", _DEFAULT)
    if _PACKAGES in behavior:
        raise Unfit(f"`{behavior}` needs a Mac: it makes packages", UNAVAILABLE)
    for key in _NOT_HERE:
        if key in errand.payload:
            errand.say(f"differs: `{key}` is not in these signatures")
    task = Signing.of(errand)
    for one in errand.each_input():
        if one.item["formats"]:
            task.sign(one, task.methods(one.item["formats"]))
