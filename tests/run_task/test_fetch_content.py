"""fetch-content against servers that cut, lie and stay away, and archives that climb out."""

import hashlib
import io
import json
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.run_task.conftest import Ended, environment, execute, git
from tests.run_task.servers import Files, serving

CONTENT = bytes(range(256)) * 4096


def static(cwd: Path, url: str, content: bytes, dest: str, *words: str, **more: Any) -> Ended:
    sums = ["--sha256", hashlib.sha256(content).hexdigest(), "--size", str(len(content))]
    return execute("fetch-content", "static-url", *sums, *words, url, dest, cwd=cwd, **more)


def artifacts(cwd: Path, root: str, *fetches: dict[str, Any], **variables: str) -> Ended:
    environ = environment(
        MOZ_FETCHES=json.dumps([{"task": "T", "extract": True, **each} for each in fetches]),
        MOZ_FETCHES_DIR="fetches",
        TASKCLUSTER_ROOT_URL=root,
        **variables,
    )
    return execute("fetch-content", "task-artifacts", cwd=cwd, environ=environ)


def tar(*members: tuple[str, str, str], mode: str = "w:gz") -> bytes:
    """An archive of members: name, kind (`file`, `link`, `hard`, `pipe`), content or target."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:  # type: ignore[call-overload]
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            if kind == "file":
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content.encode()))
                continue
            member.type = {
                "link": tarfile.SYMTYPE,
                "hard": tarfile.LNKTYPE,
                "pipe": tarfile.FIFOTYPE,
            }[kind]
            member.linkname = content
            archive.addfile(member)
    return held.getvalue()


def zipped(*members: tuple[str, str], mode: int = stat.S_IFREG | 0o644) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in members:
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            archive.writestr(member, content)
    return held.getvalue()


def left(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_cut_download_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    files = Files({"/file": CONTENT}, cut=100_000, cuts=3)
    with serving(files) as address:
        ended = static(tmp_path, f"{address}/file", CONTENT, "file")
    assert ended.status == 0, ended.lines
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [since for _, since in files.asked] == [
        None,
        *(f"bytes={n}-" for n in (100000, 200000, 300000)),
    ]
    assert left(tmp_path) == ["file"]


def test_a_server_without_ranges_is_asked_for_all_of_it_again(tmp_path: Path) -> None:
    files = Files({"/file": CONTENT}, cut=100_000, cuts=1)
    files.ranges = False
    with serving(files) as address:
        assert static(tmp_path, f"{address}/file", CONTENT, "file").status == 0
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_server_that_always_cuts_ends_it(tmp_path: Path) -> None:
    files = Files({"/file": CONTENT}, cut=0, cuts=99)
    with serving(files) as address:
        ended = static(tmp_path, f"{address}/file?signature=secret", CONTENT, "file")
    assert ended.status == 1
    assert "before the end (5 attempts)" in ended.last
    assert "secret" not in "\n".join(ended.lines)
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("served", "words"),
    [
        (CONTENT[:-1] + b"x", "SHA-256"),
        (CONTENT + b"x", f"{len(CONTENT) + 1} bytes, not {len(CONTENT)}"),
        (b"", f"0 bytes, not {len(CONTENT)}"),
    ],
)
def test_wrong_content_is_refused_at_once(tmp_path: Path, served: bytes, words: str) -> None:
    files = Files({"/file": served})
    with serving(files) as address:
        ended = static(tmp_path, f"{address}/file", CONTENT, "file")
    assert ended.status == 1
    assert words in ended.last
    assert left(tmp_path) == []
    assert len(files.asked) == 1


def test_a_file_that_is_not_there_is_not_asked_for_again(tmp_path: Path) -> None:
    files = Files({})
    with serving(files) as address:
        ended = static(tmp_path, f"{address}/file", CONTENT, "file")
    assert (ended.status, len(files.asked)) == (1, 1)
    assert ended.last == f"error: {address}/file: the server answers 404"


def test_a_server_that_is_down_is_named(tmp_path: Path) -> None:
    with serving(Files({})) as address:
        pass
    ended = static(tmp_path, f"{address}/file", CONTENT, "file")
    assert ended.status == 1
    assert ended.last.startswith(f"error: {address}/file: ")


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    def small_files() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    with serving(Files({"/file": CONTENT})) as address:
        ended = static(tmp_path, f"{address}/file", CONTENT, "file", preexec_fn=small_files)
    assert ended.status == 1
    assert "File too large" in ended.last
    assert left(tmp_path) == []


OUT: list[tuple[str, Callable[[], bytes]]] = [
    ("a.tar.gz", lambda: tar(("../evil", "file", "x"))),
    ("a.tar.gz", lambda: tar(("/evil", "file", "x"))),
    ("a.tar.gz", lambda: tar(("a/../../evil", "file", "x"))),
    ("a.tar.gz", lambda: tar(("link", "link", "../../evil"))),
    ("a.tar.gz", lambda: tar(("link", "link", "/evil"))),
    ("a.tar.gz", lambda: tar(("hard", "hard", "../evil"))),
    ("a.tar.gz", lambda: tar(("pipe", "pipe", ""))),
    ("a.zip", lambda: zipped(("../evil", "x"))),
    ("a.zip", lambda: zipped(("C:/evil", "x"))),
    ("a.zip", lambda: zipped(("..\\evil", "x"))),
    ("a.zip", lambda: zipped(("link", "../../evil"), mode=stat.S_IFLNK | 0o777)),
]


@pytest.mark.parametrize(("name", "content"), OUT)
def test_a_member_that_would_leave_the_folder_is_refused(
    tmp_path: Path, name: str, content: Callable[[], bytes]
) -> None:
    served = {f"/api/queue/v1/task/T/artifacts/public/{name}": content()}
    with serving(Files(served)) as address:
        ended = artifacts(tmp_path, address, {"artifact": f"public/{name}"})
    assert ended.status == 1
    assert f"error: {name}: member `" in ended.last
    assert left(tmp_path) == ["fetches", f"fetches/{name}"]


def test_a_member_is_not_written_through_a_link_of_the_archive(tmp_path: Path) -> None:
    content = tar(("inner", "file", "1"), ("link", "link", "inner"), ("link", "file", "2"))
    served = {"/api/queue/v1/task/T/artifacts/public/a.tar.gz": content}
    with serving(Files(served)) as address:
        assert artifacts(tmp_path, address, {"artifact": "public/a.tar.gz"}).status == 0
    assert (tmp_path / "fetches/inner").read_text() == "1"


def test_archives_of_every_form_are_unpacked_into_one_folder(tmp_path: Path) -> None:
    xz = tar(("d/xz", "file", "xz"), mode="w:xz")
    plain = tar(("d/tar", "file", "tar"), ("d/link", "link", "tar"), mode="w")
    zst = subprocess.run(
        ["zstd", "-qc"],
        input=tar(("d/zst", "file", "zst"), mode="w"),
        capture_output=True,
        check=True,
    ).stdout
    held = {
        "a.tar.xz": xz,
        "b.tar": plain,
        "c.zip": zipped(("d/zip", "zip")),
        "e.tar.zst": zst,
        "keep.zip": zipped(("d/no", "x")),
    }
    served = {f"/api/queue/v1/task/T/artifacts/public/{name}": it for name, it in held.items()}
    fetches = [{"artifact": f"public/{name}"} for name in held if name != "keep.zip"]
    with serving(Files(served)) as address:
        ended = artifacts(
            tmp_path,
            address,
            *fetches,
            {"artifact": "public/keep.zip", "extract": False, "dest": "kept"},
        )
    assert ended.status == 0, ended.lines
    folder = tmp_path / "fetches"
    assert left(folder) == [
        "d",
        "d/link",
        "d/tar",
        "d/xz",
        "d/zip",
        "d/zst",
        "kept",
        "kept/keep.zip",
    ]
    assert (folder / "d/link").read_text() == "tar"


def test_private_artifacts_come_through_the_proxy(tmp_path: Path) -> None:
    private = {"/api/queue/v1/task/T/artifacts/private/key": b"key"}
    with serving(Files({})) as address, serving(Files(private)) as proxy:
        ended = artifacts(
            tmp_path, address, {"artifact": "private/key"}, TASKCLUSTER_PROXY_URL=proxy
        )
    assert ended.status == 0, ended.lines
    assert (tmp_path / "fetches/key").read_bytes() == b"key"


def test_the_sum_is_taken_from_the_chain_of_trust(tmp_path: Path) -> None:
    base = "/api/queue/v1/task/T/artifacts/public/"
    recorded = {"artifacts": {"public/a": {"sha256": hashlib.sha256(b"a").hexdigest()}}}
    served = {f"{base}a": b"b", f"{base}chain-of-trust.json": json.dumps(recorded).encode()}
    with serving(Files(served)) as address:
        ended = artifacts(tmp_path, address, {"artifact": "public/a", "verify-hash": True})
    assert ended.status == 1
    assert "SHA-256" in ended.last


def test_a_fetch_may_not_leave_its_folder(tmp_path: Path) -> None:
    ended = artifacts(tmp_path, "http://127.0.0.1:9", {"artifact": "public/a", "dest": "../out"})
    assert ended.status == 1
    assert "would leave fetches" in ended.last


@pytest.mark.parametrize("fetches", ["[", "[1]", '[{"task": "T"}]'])
def test_fetches_that_are_none_are_refused(tmp_path: Path, fetches: str) -> None:
    environ = environment(
        MOZ_FETCHES=fetches, MOZ_FETCHES_DIR="f", TASKCLUSTER_ROOT_URL="http://127.0.0.1:9"
    )
    ended = execute("fetch-content", "task-artifacts", cwd=tmp_path, environ=environ)
    assert ended.status == 1
    assert ended.last.startswith("error: MOZ_FETCHES")


def test_a_repacked_archive_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    content = tar(("app-1.0/b", "file", "b"), ("app-1.0/a", "file", "a"))
    words = ["--strip-components", "1", "--add-prefix", "app/"]
    with serving(Files({"/app.tar.gz": content})) as address:
        for name in ("one.tar.xz", "two.tar.xz"):
            ended = static(tmp_path, f"{address}/app.tar.gz", content, name, *words)
            assert ended.status == 0, ended.lines
    assert (tmp_path / "one.tar.xz").read_bytes() == (tmp_path / "two.tar.xz").read_bytes()
    with tarfile.open(tmp_path / "one.tar.xz") as archive:
        assert archive.getnames() == ["app/a", "app/b"]


def test_a_signature_is_verified(tmp_path: Path) -> None:
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", ""]
    (tmp_path / "signed").write_bytes(CONTENT)
    make = [*gpg, "--quick-gen-key", "signer@example.com", "ed25519", "sign", "never"]
    subprocess.run(make, check=True, capture_output=True)
    subprocess.run([*gpg, "--detach-sign", str(tmp_path / "signed")], check=True)
    key = subprocess.run(
        [*gpg, "--armor", "--export"], check=True, capture_output=True, text=True
    ).stdout
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
    signature = (tmp_path / "signed.sig").read_bytes()
    environ = environment(SIGNER=key)
    with serving(Files({"/file": CONTENT, "/sig": signature, "/bad": CONTENT + b"."})) as address:
        words = ["--gpg-sig-url", f"{address}/sig", "--gpg-key-env", "SIGNER"]
        good = static(tmp_path, f"{address}/file", CONTENT, "good", *words, environ=environ)
        bad = static(tmp_path, f"{address}/bad", CONTENT + b".", "bad", *words, environ=environ)
    assert good.status == 0, good.lines
    assert bad.status == 1
    assert "the signature of bad is not good" in bad.last
    assert not (tmp_path / "bad").exists()


def test_the_archive_of_a_revision_has_the_same_bytes_each_time(
    tmp_path: Path, origin: Path
) -> None:
    revision = git(origin, "rev-parse", "with-library")
    for name in ("one.tar.gz", "two.tar.gz"):
        ended = execute(
            "fetch-content",
            "git-checkout-archive",
            f"file://{origin}",
            revision,
            name,
            cwd=tmp_path,
        )
        assert ended.status == 0, ended.lines
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()
    with tarfile.open(tmp_path / "one.tar.gz") as archive:
        assert "project/lib/lib.c" in archive.getnames()
        assert not [name for name in archive.getnames() if ".git/" in name]
    assert left(tmp_path) == ["one.tar.gz", "two.tar.gz"]


def test_a_repository_that_is_not_there_is_named(tmp_path: Path) -> None:
    words = ["git-checkout-archive", f"file://{tmp_path}/nowhere", "main", "a.tar.gz"]
    ended = execute("fetch-content", *words, cwd=tmp_path)
    assert ended.status == 1
    assert "nowhere" in ended.last
    assert left(tmp_path) == []


def test_nothing_of_the_environment_leaks_into_modes(tmp_path: Path) -> None:
    content = tar(("run", "file", "x"))
    with serving(Files({"/api/queue/v1/task/T/artifacts/public/a.tar.gz": content})) as address:
        assert artifacts(tmp_path, address, {"artifact": "public/a.tar.gz"}).status == 0
    assert stat.S_IMODE((tmp_path / "fetches/run").stat().st_mode) & 0o022 == 0
