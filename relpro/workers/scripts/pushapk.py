"""Stands in for pushapkscript: records the packages for a store in the ledger.

Without `commit`, the real script only lets the store validate them. Source: pushapkscript,
script.py.
"""

from relpro.workers.errand import Errand
from relpro.workers.stores import hand_over

_GOOGLE = "google"
_SAID = ("channel", "google_play_track", "rollout_percentage", "certificate_alias", "submit")


def act(errand: Errand) -> None:
    """Record the inputs. Raises `Unfit`, `Failed` and `Stopped`."""
    payload = errand.payload
    about = {key: payload[key] for key in _SAID if key in payload}
    about["product"] = errand.scope(":googleplay:product:")
    store = payload.get("target_store", _GOOGLE)
    hand_over(errand, store, (".apk", ".aab"), about, really=bool(payload.get("commit")))
