"""MARs that are made: read by the public package, installed, and compared with what was to be."""

import hashlib
import subprocess
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mardor.reader import MarReader

from relpro.updates.archives import read_archive
from relpro.updates.folder import Folder
from relpro.updates.folder_service import FolderService
from relpro.updates.installing import NotInstalled, install
from relpro.updates.making import Marked, make_complete, make_partial
from relpro.updates.mbdiff import apply_patch, crc, make_patch
from relpro.updates.server import UpdateServer
from relpro.updates.trees import FILE, PROGRAM, Leaf, Tree, write_tree
from tests.cli.conftest import Run

MARKED = Marked("2.0", "widget-release")


def told(version: str) -> Leaf:
    build = f"2024{int(version[0]):02}01000000"
    return Leaf(f"[App]\nName=Widget\nVersion={version}\nBuildID={build}\n".encode())


CODE = b"".join(hashlib.sha512(bytes([number])).digest() for number in range(200))
OLD: Tree = {
    "application.ini": told("1.0"),
    "lib/code.so": Leaf(CODE + b"old" + CODE, PROGRAM),
    "lib/gone/only.txt": Leaf(b"gone"),
    "readme": Leaf(b"the same"),
    "tool": Leaf(b"a program some day"),
}
NEW: Tree = {
    "application.ini": told("2.0"),
    "lib/code.so": Leaf(CODE + b"newer" + CODE, PROGRAM),
    "lib/new.txt": Leaf(b"new"),
    "readme": Leaf(b"the same"),
    "removed-files": Leaf(b"lib/gone/only.txt\nlib/gone/\n"),
    "tool": Leaf(b"a program some day", PROGRAM),
}


def test_the_checksum_is_that_of_bzip2() -> None:
    # The check value of CRC-32/BZIP2 in the catalogue of parametrised CRC algorithms.
    assert crc(b"123456789") == 0xFC891918
    assert crc(b"") == 0


def by_hand(source: bytes, patch: bytes) -> bytes:
    """Apply a patch as its form is told, step by step."""
    words = [int.from_bytes(patch[place : place + 4], "big") for place in range(8, 32, 4)]
    steps, diff = patch[32 : 32 + words[3]], patch[32 + words[3] :][: words[4]]
    extra, made, place = patch[32 + words[3] + words[4] :], bytearray(), 0
    for start in range(0, len(steps), 12):
        add, copy = (int.from_bytes(steps[start + at : start + at + 4], "big") for at in (0, 4))
        for byte in diff[:add]:
            made.append((byte + source[place]) % 256)
            place += 1
        made += extra[:copy]
        diff, extra = diff[add:], extra[copy:]
        place += int.from_bytes(steps[start + 8 : start + 12], "big", signed=True)
    assert (words[0], words[1], words[2]) == (len(source), crc(source), len(made))
    return bytes(made)


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=30))
def test_a_patch_makes_the_new_file_of_the_old_one(one: bytes, other: bytes, new: bytes) -> None:
    source, target = one + other + one, other + new + one
    patch = make_patch(source, target)
    assert patch.startswith(b"MBDIFF10")
    assert apply_patch(source, patch) == target == by_hand(source, patch)
    if source:
        with pytest.raises(ValueError, match="for another file"):
            apply_patch(source[:-1] + bytes([source[-1] ^ 1]), patch)


TREES = st.dictionaries(
    st.sampled_from(["a", "b", "lib/a", "lib/b", "lib/deep/a", "bin/tool"]),
    st.builds(
        Leaf, st.binary(max_size=100).map(lambda text: text * 5), st.sampled_from([FILE, PROGRAM])
    ),
)


@given(TREES, TREES)
def test_every_installation_becomes_every_other(
    tmp_path_factory: pytest.TempPathFactory, old: Tree, new: Tree
) -> None:
    mar = tmp_path_factory.mktemp("mars") / "made.mar"
    make_partial(old, new, mar, MARKED)
    assert install(old, mar.read_bytes()) == new
    make_complete(new, mar, MARKED)
    assert install({}, mar.read_bytes()) == new


def test_archives_are_read_by_the_public_package(tmp_path: Path) -> None:
    make_partial(OLD, NEW, tmp_path / "widget-1.0-2.0.partial.mar", MARKED)
    make_complete(NEW, tmp_path / "widget-2.0.complete.mar", MARKED)
    with (tmp_path / "widget-1.0-2.0.partial.mar").open("rb") as file, MarReader(file) as mar:
        assert mar.productinfo == ("2.0", "widget-release")
        assert mar.compression_type == "xz"
        assert mar.get_errors() in (None, [])
        entries = {entry.name: entry for entry in mar.mardata.index.entries}
        manifest = b"".join(mar.extract_entry(entries["updatev3.manifest"])).decode()
    assert manifest.splitlines() == [
        'type "partial"',
        'patch "application.ini.patch" "application.ini"',
        'patch "lib/code.so.patch" "lib/code.so"',
        'add "lib/new.txt"',
        'add "removed-files"',
        'add "tool"',
        'remove "lib/gone/only.txt"',
        'rmdir "lib/gone/"',
    ]
    sizes = {path.name: path.stat().st_size for path in tmp_path.glob("*.mar")}
    assert sizes["widget-1.0-2.0.partial.mar"] < sizes["widget-2.0.complete.mar"] / 5
    read = read_archive(tmp_path / "widget-2.0.complete.mar")
    assert (read.kind, read.version, read.build_id) == ("complete", "2.0", "20240201000000")


def test_a_signed_archive_is_told_from_an_altered_one(tmp_path: Path) -> None:
    private, public = keys(tmp_path)
    mar = tmp_path / "signed.mar"
    make_complete(NEW, mar, Marked("2.0", "widget-release", private))
    assert install(OLD, mar.read_bytes(), key=public) == NEW
    altered = bytearray(mar.read_bytes())
    altered[len(altered) // 2] ^= 1
    with pytest.raises(NotInstalled):
        install(OLD, bytes(altered), key=public)
    make_complete(NEW, mar, MARKED)
    with pytest.raises(NotInstalled):
        install(OLD, mar.read_bytes(), key=public)


def keys(folder: Path) -> tuple[bytes, bytes]:
    """A private key and its public one, of the length that MARs are signed with."""
    private, public = folder / "private.pem", folder / "public.pem"
    subprocess.run(["openssl", "genrsa", "-out", private, "4096"], check=True, capture_output=True)
    command = ["openssl", "rsa", "-in", str(private), "-pubout", "-out", str(public)]
    subprocess.run(command, check=True, capture_output=True)
    return private.read_bytes(), public.read_bytes()


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({}, "`application.ini`, which it changes, is not installed"),
        ({**OLD, "lib/code.so": Leaf(CODE)}, "`lib/code.so`: the patch is for another file"),
    ],
)
def test_a_partial_update_of_something_else_changes_nothing(
    tree: Mapping[str, Leaf], said: str, tmp_path: Path
) -> None:
    make_partial(OLD, NEW, tmp_path / "partial.mar", MARKED)
    with pytest.raises(NotInstalled, match=said):
        install(tree, (tmp_path / "partial.mar").read_bytes())


@pytest.mark.parametrize("line", ['add "../a"', 'add "/etc/a"', "add a", 'move "a"', 'patch "a"'])
def test_a_manifest_that_no_updater_understands_is_refused(line: str, tmp_path: Path) -> None:
    from mardor.writer import MarWriter

    made = BytesIO()
    with MarWriter(made, productversion="2.0", channel="x") as writer:
        for name, text in (("updatev3.manifest", f'type "complete"\n{line}\n'), ("a", "a")):
            writer.add_fileobj(BytesIO(text.encode()), name, "xz", 0o644)
    with pytest.raises(NotInstalled, match="no updater understands"):
        install({}, made.getvalue())


def test_updates_are_verified_from_the_server_to_the_last_byte(relpro: Run, tmp_path: Path) -> None:
    write_tree(OLD, tmp_path / "old")
    write_tree(NEW, tmp_path / "new")
    mars = tmp_path / "mars"
    mars.mkdir()
    make = ("updates", "make-mar", str(tmp_path / "new"), "--channel", "widget-release")
    complete, partial = mars / "widget-2.0.complete.mar", mars / "widget-1.0-2.0.partial.mar"
    assert relpro(*make, "-o", str(complete)).code == 0
    assert relpro(*make, "--from", str(tmp_path / "old"), "-o", str(partial)).code == 0
    with UpdateServer(FolderService(Folder(mars)).handle) as server:
        verify = ("updates", "verify", str(tmp_path / "old"), str(tmp_path / "new"))
        asked = ("--server", server.address, "--product", "Widget", "--platform", "linux64")
        ran = relpro(*verify, *asked)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.splitlines() == [
            f"right: complete {server.address}/files/{complete.name}",
            f"right: partial {server.address}/files/{partial.name}",
        ]
        (tmp_path / "new" / "readme").write_text("another", encoding="utf-8")
        ran = relpro(*verify, *asked)
        assert ran.code == 1
        assert ran.err.count("error[U812]: ") == 2
        assert "`readme` has another content" in ran.err
        back = ("updates", "verify", str(tmp_path / "new"), str(tmp_path / "old"))
        ran = relpro(*back, *asked)
        assert (ran.code, ran.err.splitlines()[0]) == (
            1,
            "error[U812]: Widget 2.0 is offered no update",
        )
    assert relpro(*verify, *asked).code == 3
    ran = relpro("updates", "make-mar", str(mars / "none"), "--channel", "x", "-o", str(complete))
    assert (ran.code, ran.err.splitlines()[0][:12]) == (2, "error[U805]:")
