"""Stands in for signingscript: signs its inputs with keys of the rehearsal.

With detached OpenPGP signatures it also publishes the public key, public/build/KEY. The formats are
implemented in `relpro.workers.signing.methods`. Source: signingscript, script.py, async_main.
"""

import shutil

from relpro.workers.errand import Errand
from relpro.workers.signing.methods import Signing

_PUBLIC_KEY = "public/build/KEY"


def act(errand: Errand) -> None:
    """Sign every upstream artifact in its formats. Raises `Unfit`, `Failed` and `Stopped`."""
    task = Signing.of(errand)
    for one in errand.each_input():
        methods = task.methods(one.item["formats"])
        task.sign(one, methods)
        if "gpg" in methods:
            shutil.copyfile(task.keys.openpgp_public, errand.publish(_PUBLIC_KEY))
