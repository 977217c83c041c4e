"""The updater of the postcard refuses what it must not install. It shares no code with relpro."""

import hashlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from relpro.updates.making import Marked, make_complete, make_partial
from relpro.updates.trees import PROGRAM, Leaf
from tests.rehearsal.conftest import POSTCARD

#: What no compression makes shorter, so that a patch of it is.
CODE = b"".join(hashlib.sha512(bytes([number])).digest() for number in range(64))

OLD = {"program": Leaf(CODE, PROGRAM), "gone": Leaf(b"gone"), "same": Leaf(b"same")}
NEW = {"program": Leaf(CODE + b"new", PROGRAM), "same": Leaf(b"same"), "more": Leaf(b"more")}

APP, SETTINGS = {"Version": "1.0.0"}, {"ACCEPTED_MAR_CHANNEL_IDS": "postcard-release"}


@pytest.fixture(scope="module")
def updater() -> Any:
    spec = importlib.util.spec_from_file_location("updater", POSTCARD / "src/updater.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def keys() -> tuple[bytes, bytes]:
    """A secret and a public key."""
    key = rsa.generate_private_key(65537, 4096)
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


@pytest.fixture
def mar(tmp_path: Path, keys: tuple[bytes, bytes]) -> Callable[..., bytes]:
    def make(version: str = "1.1.0", channel: str = "postcard-release", *, partial: bool) -> bytes:
        path, marked = tmp_path / "made.mar", Marked(version, channel, keys[0])
        if partial:
            make_partial(OLD, NEW, path, marked)
        else:
            make_complete(NEW, path, marked)
        return path.read_bytes()

    return make


def written(tree: dict[str, Leaf], folder: Path) -> Path:
    folder.mkdir()
    for name, leaf in tree.items():
        (folder / name).write_bytes(leaf.content)
        (folder / name).chmod(leaf.mode)
    return folder


def test_a_partial_update_makes_the_new_tree_of_the_old_one(
    updater: Any, mar: Callable[..., bytes], keys: tuple[bytes, bytes], tmp_path: Path
) -> None:
    folder = written(OLD, tmp_path / "installed")
    updater.apply(updater.read_mar(mar(partial=True), keys[1]), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: leaf.content for name, leaf in NEW.items()
    }
    assert (folder / "program").stat().st_mode & 0o777 == PROGRAM


def test_a_partial_update_that_does_not_fit_changes_nothing(
    updater: Any, mar: Callable[..., bytes], keys: tuple[bytes, bytes], tmp_path: Path
) -> None:
    edited = {**OLD, "program": Leaf(CODE[::-1], PROGRAM)}
    folder = written(edited, tmp_path / "installed")
    with pytest.raises(updater.Refused, match="does not fit"):
        updater.apply(updater.read_mar(mar(partial=True), keys[1]), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: leaf.content for name, leaf in edited.items()
    }


def test_an_archive_of_which_any_byte_is_flipped_is_refused(
    updater: Any, mar: Callable[..., bytes], keys: tuple[bytes, bytes]
) -> None:
    content = mar(partial=False)
    for place in range(0, len(content), max(len(content) // 60, 1)):
        flipped = bytearray(content)
        flipped[place] ^= 0x10
        with pytest.raises(updater.Refused):
            updater.read_mar(bytes(flipped), keys[1])


def test_another_channel_and_an_older_version_are_refused(
    updater: Any, mar: Callable[..., bytes], keys: tuple[bytes, bytes]
) -> None:
    for made in (mar(channel="other", partial=False), mar("0.9.9", partial=False)):
        with pytest.raises(updater.Refused):
            updater.demand_fit(updater.read_mar(made, keys[1]), APP, SETTINGS)
    updater.demand_fit(updater.read_mar(mar(partial=False), keys[1]), APP, SETTINGS)


@pytest.mark.parametrize("wrong", ["size", "hashValue", "hashFunction"])
def test_a_download_of_another_size_or_digest_is_refused(
    updater: Any, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"an update"
    told = {"URL": "http://x", "size": "9", "hashFunction": "sha512"}
    told["hashValue"] = hashlib.sha512(content).hexdigest()
    monkeypatch.setattr(updater, "get", lambda _url, most: content[: most + 1])
    element = updater.ET.Element("patch", told)
    assert updater.checked(element) == content
    element.set(wrong, {"size": "8", "hashValue": "0" * 128, "hashFunction": "sha1"}[wrong])
    with pytest.raises(updater.Refused):
        updater.checked(element)
