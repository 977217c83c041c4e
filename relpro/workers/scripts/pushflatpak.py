"""Stands in for pushflatpakscript: records the bundle in the ledger.

Source: pushflatpakscript, script.py.
"""

from relpro.workers.errand import Errand
from relpro.workers.stores import hand_over

#: The channel whose bundles are not published.
_MOCK = "mock"


def act(errand: Errand) -> None:
    """Record the inputs. Raises `Unfit`, `Failed` and `Stopped`."""
    channel = errand.payload["channel"]
    really = channel != _MOCK
    hand_over(errand, "flathub", (".flatpak.tar.xz",), {"channel": channel}, really=really)
