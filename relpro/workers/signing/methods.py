"""Takes a file that a task hands in and the formats to sign it in, gives what is published of it.

    gpg            FILE.asc, a detached OpenPGP signature
    mar            a MAR with a signature in it
    authenticode   a program for Windows with a signature in it, by osslsigncode
    langpack       an archive that is signed as a JAR file is
    macapp         an archive with applications that are signed, as far as that goes without a Mac
    notarization   the same, with tickets; the ledger has what the notary was given
    detached       FILE.sig, an RSA signature

Which format is done by which method: `relpro.workers.signing.formats`.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from relpro.workers.errand import Errand, Input
from relpro.workers.job import Unfit
from relpro.workers.keys import Keys, SigningKeys
from relpro.workers.ledger import Ledger
from relpro.workers.signing import authenticode, bundles, detached, jar, mar, openpgp
from relpro.workers.signing.formats import method
from relpro.workers.stores import digest

#: What is done last, in this order: signatures beside a file are of what the others made of it.
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
        """By the certificate that a scope names. Raises `Unfit` where it has no keys."""
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
            raise Unfit(f"{what}: name one under `formats` of the services", "resource-unavailable")
        each = dict.fromkeys(how for how in found.values() if how is not None)
        return [how for how in each if how not in _LAST] + [how for how in _LAST if how in each]

    def sign(self, one: Input, methods: Sequence[str]) -> None:
        """Publish an input, signed, and what is beside it. Raises `Failed` and `Unfit`."""
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
