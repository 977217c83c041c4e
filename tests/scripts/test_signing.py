"""What a signing worker does with each format, judged by the programs that users have."""

import base64
import hashlib
import io
import plistlib
import shutil
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from mardor.reader import MarReader

from relpro.updates.making import Marked, make_complete
from relpro.updates.trees import Leaf
from relpro.workers.keys import Keys, SigningKeys
from tests.scripts.stage import Ran, Stage

RELENG = "project:widgets:releng:"
CERT = f"{RELENG}signing:cert:dep-signing"


def sign(stage: Stage, name: str, content: bytes, *formats: str, **more: Any) -> Ran:
    """A task that signs one file."""
    item = {"taskId": "UPSTREAM", "taskType": "build", "paths": [name], "formats": list(formats)}
    payload = {"upstreamArtifacts": [{**item, **more}]}
    return stage.run("signing", payload, CERT, files={name: content})


@pytest.fixture
def signing(keys: Keys) -> SigningKeys:
    found = keys.signing("dep-signing")
    assert found is not None
    return found


def passes(*words: str | Path) -> bool:
    """Whether a program is content with what it is given."""
    done = subprocess.run(list(map(str, words)), capture_output=True, check=False)
    return done.returncode == 0


def is_signed_by(content: bytes, signature: bytes, keys: SigningKeys, folder: Path) -> bool:
    """Whether OpenSSL takes a detached signature in CMS."""
    (folder / "content").write_bytes(content)
    (folder / "signature").write_bytes(signature)
    words = ("-inform", "DER", "-binary", "-purpose", "any", "-out", folder / "out")
    files = ("-in", folder / "signature", "-content", folder / "content")
    trust = ("-CAfile", keys.code_certificate)
    return passes("openssl", "cms", "-verify", *words, *files, *trust)


def test_gpg_takes_a_signature_and_no_other_bytes(stage: Stage, tmp_path: Path) -> None:
    ran = sign(stage, "public/build/a.tar.gz", b"content", "gcp_prod_autograph_gpg")
    assert ran.state == "completed"
    names = ["public/build/KEY", "public/build/a.tar.gz", "public/build/a.tar.gz.asc"]
    assert ran.names() == names
    key, file, signature = (tmp_path / name for name in ("KEY", "a", "a.asc"))
    for path, name in zip((key, file, signature), names, strict=True):
        path.write_bytes(ran.made(name))
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    gpg = ("gpg", "--homedir", home, "--batch", "--quiet", "--no-autostart")
    assert passes(*gpg, "--import", key)
    assert passes(*gpg, "--verify", signature, file)
    file.write_bytes(b"other")
    assert not passes(*gpg, "--verify", signature, file)


def test_an_updater_with_the_public_key_takes_a_mar(
    stage: Stage, signing: SigningKeys, tmp_path: Path
) -> None:
    path = tmp_path / "a.mar"
    make_complete({"widget": Leaf(b"a widget")}, path, Marked("2.0", "widget-release"))
    name = "public/build/target.complete.mar"
    ran = sign(stage, name, path.read_bytes(), "gcp_prod_autograph_hash_only_mar384")
    with MarReader(io.BytesIO(ran.made(name))) as archive:
        assert archive.verify(signing.mar_public.read_bytes())
        assert archive.productinfo == ("2.0", "widget-release")
    assert sign(stage, name, b"no MAR", "autograph_hash_only_mar384").state.startswith("failed: ")


def program() -> bytes:
    """The smallest program for Windows that can be signed."""
    optional = struct.pack("<HBBIIIIII", 0x10B, 1, 0, 0x200, 0, 0, 0x1000, 0x1000, 0x1000)
    optional += struct.pack(
        "<IIIHHHHHHIIIIHH", 0x400000, 0x1000, 0x200, 4, 0, 0, 0, 4, 0, 0, 0x2000, 0x200, 0, 3, 0
    )
    optional += struct.pack("<IIIIII", 0x100000, 0x1000, 0x100000, 0x1000, 0, 16) + bytes(128)
    header = b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, len(optional), 0x102) + optional
    section = b".text\0\0\0" + struct.pack(
        "<IIIIIIHHI", 0x200, 0x1000, 0x200, 0x200, 0, 0, 0, 0, 0x60000020
    )
    start = b"MZ" + bytes(58) + struct.pack("<I", 64)
    return (start + header + section).ljust(0x200, b"\0") + b"\xc3" * 0x200


needs_osslsigncode = pytest.mark.skipif(
    shutil.which("osslsigncode") is None, reason="osslsigncode is not on this machine"
)


@needs_osslsigncode
def test_programs_for_windows_are_signed_also_in_a_zip(
    stage: Stage, signing: SigningKeys, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("widget/a.exe", program())
        archive.writestr("widget/readme.txt", "read me")
    ran = sign(stage, "public/a.zip", packed.getvalue(), "autograph_authenticode_202412")
    with zipfile.ZipFile(io.BytesIO(ran.made("public/a.zip"))) as archive:
        signed = archive.read("widget/a.exe")
        assert archive.read("widget/readme.txt") == b"read me"
    again = sign(stage, "public/a.exe", signed, "autograph_authenticode_202412")
    assert again.made("public/a.exe") == signed
    path = tmp_path / "a.exe"
    verify = ("osslsigncode", "verify", "-CAfile", signing.code_certificate, "-in", path)
    for content, is_right in ((signed, True), (signed.replace(b"\xc3\xc3", b"\xcc\xcc", 1), False)):
        path.write_bytes(content)
        assert passes(*verify) is is_right


@needs_osslsigncode
def test_what_is_no_program_cannot_be_signed(stage: Stage) -> None:
    ran = sign(stage, "public/a.exe", b"no program", "autograph_authenticode_202412")
    assert ran.state.startswith("failed: `osslsigncode sign`")
    assert ran.names() == []


def pack(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_a_language_pack_is_signed_as_a_jar_file_is(
    stage: Stage, signing: SigningKeys, tmp_path: Path
) -> None:
    content = pack(**{"manifest.json": b"{}", f"{'long' * 30}.ftl": b"a = b"})
    ran = sign(stage, "public/a.xpi", content, "gcp_prod_autograph_langpack")
    with zipfile.ZipFile(io.BytesIO(ran.made("public/a.xpi"))) as archive:
        manifest, statement, signature = (
            archive.read(f"META-INF/{name}")
            for name in ("MANIFEST.MF", "SIGNATURE.SF", "SIGNATURE.RSA")
        )
        assert archive.read("manifest.json") == b"{}"
    assert is_signed_by(statement, signature, signing, tmp_path)
    assert not is_signed_by(statement + b"x", signature, signing, tmp_path)
    digest = base64.b64encode(hashlib.sha256(manifest).digest())
    assert b"SHA-256-Digest-Manifest: " + digest in statement
    assert f"Name: {'long' * 30}.ftl".encode() in manifest.replace(b"\r\n ", b"")
    assert max(map(len, manifest.split(b"\r\n"))) <= 72


APPLICATION = {
    "Widget.app/Contents/MacOS/widget": b"a program",
    "Widget.app/Contents/Info.plist": b"<plist/>",
}


def tar(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def untar(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = [one for one in archive if one.isfile()]
        return {one.name: archive.extractfile(one).read() for one in files}  # type: ignore[union-attr]


NAME = "public/build/target.tar.gz"


def sign_on_mac(stage: Stage, **payload: Any) -> Ran:
    item = {"taskId": "UPSTREAM", "taskType": "build", "paths": [NAME], "formats": ["macapp"]}
    whole = {"upstreamArtifacts": [item], **payload}
    return stage.run("iscript", whole, CERT, files={NAME: tar(APPLICATION)})


def test_an_application_lists_what_was_signed(
    stage: Stage, signing: SigningKeys, tmp_path: Path
) -> None:
    files = untar(sign_on_mac(stage).made(NAME))
    folder = "Widget.app/Contents/_CodeSignature"
    listed = files[f"{folder}/CodeResources"]
    assert is_signed_by(listed, files[f"{folder}/CodeSignature"], signing, tmp_path)
    digest = hashlib.sha256(b"a program").digest()
    assert plistlib.loads(listed)["files2"]["MacOS/widget"] == {"hash2": digest}
    assert {name: files[name] for name in APPLICATION} == APPLICATION


def test_a_notary_takes_what_is_signed_and_nothing_that_was_changed_since(stage: Stage) -> None:
    content = sign_on_mac(stage).made(NAME)
    ran = sign(stage, NAME, content, "apple_notarization")
    assert "Widget.app/Contents/CodeResources" in untar(ran.made(NAME))
    changed = tar({**untar(content), "Widget.app/Contents/MacOS/widget": b"another"})
    for other in (changed, tar(APPLICATION)):
        ran = sign(stage, NAME, other, "apple_notarization")
        assert ran.state == "failed: `Widget.app` is not signed as it is: no notary takes it"


def test_packages_for_the_installer_are_left_to_a_mac(stage: Stage) -> None:
    ran = sign_on_mac(stage, behavior="mac_sign_and_pkg")
    assert ran.state == "resource-unavailable: `mac_sign_and_pkg` needs a Mac: it makes packages"


def test_the_signature_beside_a_file_is_of_what_the_others_made_of_it(
    stage: Stage, signing: SigningKeys, tmp_path: Path
) -> None:
    formats = ("autograph_rsa", "autograph_langpack")
    ran = sign(stage, "public/a.xpi", pack(a=b"b"), *formats)
    for name in ("a.xpi", "a.xpi.sig"):
        (tmp_path / name).write_bytes(ran.made(f"public/{name}"))
    key = tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "x509", "-pubkey", "-noout", "-in", signing.code_certificate, "-out", key],
        check=True,
    )
    verify = ("openssl", "dgst", "-sha256", "-verify", key, "-signature", tmp_path / "a.xpi.sig")
    assert passes(*verify, tmp_path / "a.xpi")


def test_formats_of_the_services_come_first(stage: Stage) -> None:
    services = attrs.evolve(stage.services, formats={"autograph_widget": "gpg"})
    ran = sign(attrs.evolve(stage, services=services), "public/a", b"a", "autograph_widget")
    assert "public/a.asc" in ran.names()


def test_a_certificate_without_keys_signs_nothing(stage: Stage) -> None:
    other = CERT.replace("dep", "nightly")
    item = {"taskId": "UPSTREAM", "taskType": "build", "paths": ["public/a"], "formats": ["x"]}
    ran = stage.run("signing", {"upstreamArtifacts": [item]}, other, files={"public/a": b"a"})
    assert ran.state.startswith("malformed-payload: there are no keys for certificate")
    assert ran.names() == []


def test_a_format_that_nobody_knows_is_refused(stage: Stage) -> None:
    ran = sign(stage, "public/a", b"a", "autograph_unheard_of")
    assert ran.state.startswith("resource-unavailable: no method is known for `autograph_unheard_")


def test_what_the_script_refuses_is_refused(stage: Stage) -> None:
    ran = sign(stage, "public/a.exe", b"a", "autograph_omnija")
    assert ran.state.startswith("malformed-payload: `payload.upstreamArtifacts[0]`")
