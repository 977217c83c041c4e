"""Takes an input file and its signing formats, gives the signed files.

    gpg            FILE.asc, a detached OpenPGP signature
    mar            a MAR with a signature in it
    authenticode   a Windows program with a signature in it, by osslsigncode
    langpack       an archive that is signed like a JAR file
    macapp         an archive with signed applications, as far as possible without a Mac
    notarization   the same, with tickets; the ledger has the submission
    detached       FILE.sig, an RSA signature

`relpro.workers.signing.formats` maps formats to methods.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from relpro.workers.errand import Errand, Input
from relpro.workers.job import UNAVAILABLE, Unfit
from relpro.workers.keys import Keys, SigningKeys
from relpro.workers.ledger import Ledger
from relpro.workers.signing import authenticode, bundles, detached, jar, mar, openpgp
from relpro.workers.signing.formats import method
from relpro.workers.stores import digest

#: Methods that come last, in this order: detached signatures cover the results of the others.
#: Source: signingscript, task.py, _sort_formats.
_LAST = ("macapp", "detached", "gpg")


@attrs.frozen
class Signing:
    """A task that signs, with the keys of its certificate."""

    errand: Errand
    certificate: str
    keys: SigningKeys

    @classmethod
    def of(cls, errand: Errand) -> "Signing":
        """The task with the keys of the certificate in its scope. Raises `Unfit` if it has none."""
        name = errand.scope(":signing:cert:")
        keys = Keys(errand.services.keys).signing(name)
        if keys is None:
            raise Unfit(f"there are no keys for certificate `{name}`: `relpro keys` makes them")
        return cls(errand, name, keys)

    def methods(self, formats: Iterable[str]) -> list[str]:
        """The methods for formats, in the order in which they are applied. Raises `Unfit`."""
        known = self.errand.services.formats
        found = {name: method(name, known) for name in formats}
        if unknown := [f"`{name}`" for name, how in found.items() if how is None]:
            what = f"no method is known for {', '.join(unknown)}"
            raise Unfit(f"{what}: name one under `formats` of the services", UNAVAILABLE)
        each = dict.fromkeys(how for how in found.values() if how is not None)
        return [how for how in each if how not in _LAST] + [how for how in _LAST if how in each]

    def sign(self, one: Input, methods: Sequence[str]) -> None:
        """Publish a signed input, and detached files. Raises `Failed` and `Unfit`."""
        path = self.errand.work / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(one.file, path)
        made = [path]
        for how in methods:
            self.errand.go_on()
            self.errand.say(f"{one.path}: {how}, with certificate {self.certificate}")
            made += _METHODS[how](self, path, one)
        for file in made:
            shutil.copyfile(
                file, self.errand.publish(file.relative_to(self.errand.work).as_posix())
            )


def _mar(task: Signing, path: Path, _one: Input) -> tuple[Path, ...]:
    mar.sign(path, task.keys)
    return ()


def _authenticode(task: Signing, path: Path, one: Input) -> tuple[Path, ...]:
    authenticode.sign(task.errand, path, task.keys, one.item.get("authenticode_comment", ""))
    return ()


def _langpack(task: Signing, path: Path, _one: Input) -> tuple[Path, ...]:
    jar.sign(path, task.keys)
    return ()


def _macapp(task: Signing, path: Path, _one: Input) -> tuple[Path, ...]:
    bundles.sign(task.errand, path, task.keys)
    return ()


def _notarization(task: Signing, path: Path, one: Input) -> tuple[Path, ...]:
    value = {"sha256": digest(path), "task": one.task_id}
    Ledger.of(task.errand).record(task.errand, "notary", "submission", one.path, value)
    if bundles.is_archive(path):
        bundles.staple(task.errand, path, task.keys)
    return ()


_METHODS: Mapping[str, Callable[[Signing, Path, Input], tuple[Path, ...]]] = {
    "gpg": lambda task, path, _one: (openpgp.sign(path, task.keys),),
    "mar": _mar,
    "authenticode": _authenticode,
    "langpack": _langpack,
    "macapp": _macapp,
    "notarization": _notarization,
    "detached": lambda task, path, _one: (detached.sign(path, task.keys),),
}
