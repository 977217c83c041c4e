"""Stands in for signingscript: signs what it is handed, with keys of the rehearsal.

    gpg            FILE.asc, a detached OpenPGP signature, and once public/build/KEY

Which format is done by which method: `relpro.workers.signing.formats`. Source: signingscript,
script.py (async_main), task.py (sign, _sort_formats).
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from relpro.workers.errand import Errand
from relpro.workers.job import Unfit
from relpro.workers.keys import Keys, SigningKeys
from relpro.workers.signing import openpgp
from relpro.workers.signing.formats import method

#: The public key that stands beside detached signatures. Source: signingscript, async_main.
_PUBLIC_KEY = "public/build/KEY"

#: Signs a file where it lies; gives what else is to be published of it.
_Sign = Callable[[Path, SigningKeys], tuple[Path, ...]]


def _gpg(path: Path, keys: SigningKeys) -> tuple[Path, ...]:
    return (openpgp.sign(path, keys),)


_METHODS: Mapping[str, _Sign] = {"gpg": _gpg}

#: What is done last, in this order: signatures beside a file are of what the others made of it.
_LAST = ("detached", "gpg")


def act(errand: Errand) -> None:
    """Sign every upstream artifact in its formats. Raises `Unfit`, `Failed` and `Stopped`."""
    name = errand.scope(":signing:cert:")
    keys = Keys(errand.services.keys).signing(name)
    if keys is None:
        raise Unfit(f"there are no keys for certificate `{name}`: `relpro keys` makes them")
    for one in errand.each_input():
        methods = _in_order(errand, one.item["formats"])
        path = errand.work / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(one.file, path)
        made = [path]
        for how in methods:
            errand.say(f"{one.path}: {how}, with certificate {name}")
            made += _METHODS[how](path, keys)
        for file in made:
            shutil.copyfile(file, errand.publish(file.relative_to(errand.work).as_posix()))
        if "gpg" in methods:
            shutil.copyfile(keys.openpgp_public, errand.publish(_PUBLIC_KEY))


def _in_order(errand: Errand, formats: list[str]) -> list[str]:
    """The methods for formats, in the order in which they are applied."""
    found = {name: method(name, errand.services.formats) for name in formats}
    if unknown := [f"`{name}`" for name, how in found.items() if how is None]:
        what = f"no method is known for {', '.join(unknown)}"
        raise Unfit(f"{what}: name one under `formats` of the services", "resource-unavailable")
    methods = dict.fromkeys(how for how in found.values() if how is not None)
    return [how for how in methods if how not in _LAST] + [how for how in _LAST if how in methods]
