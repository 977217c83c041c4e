"""Where files are from: what a rehearsal states of them, verified and traced as a user does."""

import base64
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from google.protobuf.json_format import ParseError
from securesystemslib.signer import CryptoSigner

from relpro.errors import Diagnostic
from relpro.provenance.folder import KEY, Read, contents, read
from relpro.provenance.statements import (
    PROVENANCE,
    TEST,
    Statement,
    Unsound,
    opened,
    read_key,
    signed,
)
from relpro.provenance.verifying import digests_in, wrong_files, wrong_statements
from tests.cli.conftest import Run, relpro

__all__ = ["relpro"]

RELEASE = "postcard-1.1.0-build1"
RELEASED = "release/pub/postcard/releases/1.1.0"


@pytest.fixture(scope="module")
def envelopes(left: Path) -> Mapping[str, bytes]:
    """Name -> envelope of all that is stated of the release."""
    return contents(left / "provenance")[RELEASE]


@pytest.fixture(scope="module")
def readings(left: Path, envelopes: Mapping[str, bytes]) -> Mapping[str, Read]:
    return read({RELEASE: envelopes}, read_key(left / "provenance" / KEY))[RELEASE]


def faults(statements: Mapping[str, Read]) -> list[str]:
    return [_told(one) for one in wrong_statements({RELEASE: statements}, "ship")]


def _told(one: Diagnostic) -> str:
    return f"{one.what}: {one.why}"


@pytest.mark.slow
def test_each_statement_that_is_removed_or_altered_is_told_by_name(
    left: Path, envelopes: Mapping[str, bytes], readings: Mapping[str, Read]
) -> None:
    assert not faults(readings)
    key = read_key(left / "provenance" / KEY)
    stranger = CryptoSigner.generate_ed25519()
    for name, content in envelopes.items():
        named = f"the statement `{RELEASE}/{name}`"
        others = {one: said for one, said in readings.items() if one != name}
        assert [one for one in faults(others) if one.startswith(f"{named} is missing")], name

        place = content.index(b'"payload":"') + 40
        flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        statement = readings[name].statement
        assert statement is not None
        forged = signed(statement, stranger)
        for altered in (flipped, forged):
            changed = {**readings, **read({RELEASE: {name: altered}}, key)[RELEASE]}
            assert [one for one in faults(changed) if one.startswith(f"{named} does not")], name


@pytest.mark.slow
def test_a_release_that_has_not_come_so_far_is_complete_by_its_phase(
    readings: Mapping[str, Read],
) -> None:
    """Without the promotion of its last phase it is one of the phase before, and no other."""
    pushed = {name: one for name, one in readings.items() if name != "promotion/ship"}
    assert not list(wrong_statements({RELEASE: readings}, "push"))
    unlisted = [one.what for one in wrong_statements({RELEASE: pushed}, "push")]
    assert unlisted
    assert all("/public/" in what for what in unlisted)  # what the action of ship made
    (missing,) = wrong_statements({RELEASE: pushed}, "ship")
    assert "promotion/ship` is missing" in missing.what


@pytest.mark.slow
def test_envelopes_are_those_of_dsse(left: Path, envelopes: Mapping[str, bytes]) -> None:
    """Verified by what the protocol says is signed, and nothing else. Source: DSSE, protocol.md."""
    key = load_pem_public_key((left / "provenance" / KEY).read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    for content in envelopes.values():
        said = orjson.loads(content)
        payload, kind = base64.b64decode(said["payload"]), said["payloadType"].encode()
        (signature,) = said["signatures"]
        signed_bytes = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
        key.verify(base64.b64decode(signature["sig"]), signed_bytes)
        assert orjson.loads(payload)["_type"] == "https://in-toto.io/Statement/v1"


@pytest.mark.slow
def test_each_file_in_releases_is_of_what_was_signed_and_tested(
    left: Path, readings: Mapping[str, Read]
) -> None:
    """Walked here by the statements alone, with other code than that of relpro."""
    said = {name: one.statement for name, one in readings.items() if one.statement}
    tested = {
        (name, digest)
        for one in said.values()
        if one.kind == TEST
        for name, digest in one.subjects.items()
    }
    released = left / "published" / RELEASED
    files = [path for path in sorted(released.rglob("*")) if path.is_file()]
    assert len(files) == 6
    for path in files:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        start = f"object/{RELEASED}/{path.relative_to(released).as_posix()}"
        way = {start: digest}
        pending = [start]
        while pending:
            one = said[pending.pop()]
            for dependency in one.dependencies:
                if (name := dependency.get("name")) and name not in way:
                    assert said[name].subjects[name] == dependency["digest"]["sha256"]
                    way[name] = dependency["digest"]["sha256"]
                    pending.append(name)
        makers = {_kind(said[name]) for name in way}
        assert makers >= {"build", "signing", "candidates", "releases"}, path
        assert tested & way.items(), path
        # What a signature stands beside, or in, is what the last signing task made.
        signers = [name for name in way if _kind(said[name]) in {"signing", "update-signing"}]
        assert digest in {way[name] for name in signers}, path


def _kind(said: Statement) -> str:
    kind: str = said.predicate["buildDefinition"]["externalParameters"]["kind"]
    return kind


@pytest.mark.slow
def test_files_are_held_against_what_is_stated(readings: Mapping[str, Read], left: Path) -> None:
    files = digests_in(left / "published")
    releases = {RELEASE: readings}
    assert not list(wrong_files(releases, files, ""))
    de, en = (f"{RELEASED}/linux-x86_64/{one}/postcard-1.1.0.tar.xz" for one in ("de", "en-US"))
    others = {name: one for name, one in files.items() if name != de}
    swapped = {**files, de: files[en]}
    for wrong, told in (
        (others, f"`{de}` is missing"),
        (swapped, f"`{de}` has other bytes than were stated"),
        ({**files, "release/more": files[en]}, "nothing is stated of `release/more`"),
    ):
        assert [one.what for one in wrong_files(releases, wrong, "")] == [told]


@pytest.mark.slow
def test_the_commands_verify_and_trace(relpro: Run, left: Path, tmp_path: Path) -> None:
    published = left / "published" / RELEASED
    assert "6 files are as stated" in relpro("verify", str(published)).out
    copy = tmp_path / "copy"
    shutil.copytree(published, copy)
    stated = ("--statements", str(left / "provenance"))
    package = copy / "linux-x86_64/de/postcard-1.1.0.tar.xz"
    printed = relpro("trace", str(package), *stated).out
    for told in (
        f"object/{RELEASED}/linux-x86_64/de/postcard-1.1.0.tar.xz\n",
        "made by releases-postcard (task ",
        "made by signing-postcard-linux64-1 (task ",
        "promoted: postcard-1.1.0-build1, push, signed off by qa\n",
        "tested by check-postcard-linux64\n",
        "of git+https://github.com/relpro-examples/postcard@",
    ):
        assert told in printed
    package.write_bytes(package.read_bytes() + b"more")
    refused = relpro("verify", str(copy), *stated, "--at", RELEASED)
    assert refused.code == 1
    assert "postcard-1.1.0.tar.xz` has other bytes than were stated" in refused.err
    assert "U818" in relpro("trace", str(package), *stated).err


@pytest.mark.slow
def test_another_key_is_trusted_with_nothing(relpro: Run, left: Path, tmp_path: Path) -> None:
    key = tmp_path / "key.pub"
    public = Ed25519PrivateKey.generate().public_key()
    key.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    refused = relpro("verify", str(left / "published"), "--key", str(key))
    assert (refused.code, "signed by another key" in refused.err) == (1, True)
    key.write_text("none")
    assert "U819" in relpro("verify", str(left / "published"), "--key", str(key)).err


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        orjson.dumps({"payload": "", "payloadType": "text/plain", "signatures": []}),
        orjson.dumps({"payload": 1, "payloadType": "text/plain", "signatures": {}}),
    ],
)
def test_what_is_no_envelope_is_unsound(content: bytes) -> None:
    with pytest.raises(Unsound):
        opened(content, CryptoSigner.generate_ed25519().public_key)


@pytest.mark.parametrize(
    ("kind", "predicate"), [("urn:other", {"a": "b"}), (PROVENANCE, {"other": "b"})]
)
def test_a_statement_fits_its_predicate(kind: str, predicate: Mapping[str, str]) -> None:
    statement = Statement(kind, {"file": "0" * 64}, predicate)
    with pytest.raises((ValueError, ParseError), match=r"is unknown|no field"):
        signed(statement, CryptoSigner.generate_ed25519())
