"""Stands in for pushmsixscript: records the packages for a store in the ledger.

Source: pushmsixscript, script.py.
"""

from relpro.workers.errand import Errand
from relpro.workers.stores import hand_over

#: The channel whose packages are not uploaded.
_MOCK = "mock"


def act(errand: Errand) -> None:
    """Hand over what is upstream. Raises `Unfit`, `Failed` and `Stopped`."""
    payload = errand.payload
    about = {key: payload[key] for key in ("channel", "publishMode") if key in payload}
    really = payload["channel"] != _MOCK
    hand_over(errand, "microsoftstore", (".store.msix",), about, really=really)
