"""Stands in for pushflatpakscript: enters into the ledger which bundle was handed over.

Source: pushflatpakscript, script.py.
"""

from relpro.workers.errand import Errand
from relpro.workers.stores import hand_over

#: The channel whose bundles nobody gets.
_MOCK = "mock"


def act(errand: Errand) -> None:
    """Hand over what is upstream. Raises `Unfit`, `Failed` and `Stopped`."""
    channel = errand.payload["channel"]
    really = channel != _MOCK
    hand_over(errand, "flathub", (".flatpak.tar.xz",), {"channel": channel}, really=really)
