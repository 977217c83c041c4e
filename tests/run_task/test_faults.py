"""Faults in the middle: right exit status, one clear last line, nothing half-made left."""

import json
import os
import shutil
import signal
import stat
import tarfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.run_task.conftest import Ended, environment, execute, git, start
from tests.run_task.servers import Files, Git, serving
from tests.run_task.test_fetch_content import artifacts, left, static, tar, zipped
from tests.run_task.test_run_task import OLD_PROTOCOL, checkout, nothing_half_made, plain

US = ["--user", "root", "--group", "root"] if os.getuid() == 0 else []
PUBLIC = "/api/queue/v1/task/T/artifacts/public"


class CutGit(Git):
    """Serves repositories, but cuts the answers that hold objects, so many times."""

    def __init__(self, folder: Path, cuts: int) -> None:
        super().__init__(folder)
        self.cuts = cuts

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        if self.cuts and request.path.endswith("/git-upload-pack"):
            self.cuts -= 1
            request.send_response(200)
            request.send_header("Content-Type", "application/x-git-upload-pack-result")
            request.send_header("Content-Length", "100000")
            request.end_headers()
            request.wfile.write(b"0008NAK\n0023\x01PACK")
            request.close_connection = True
            request.connection.shutdown(2)
            return
        super().__call__(request)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache that is mounted where checkouts go."""
    folder = tmp_path / "checkouts"
    folder.mkdir()
    return folder


def into_cache(tmp_path: Path, origin: Path | str, rev: str, ref: str, **variables: str) -> Ended:
    """Check out below the cache, which run-task is told of."""
    more = {"TASKCLUSTER_CACHES": str(tmp_path / "checkouts"), **variables}
    words = ("--vcs-checkout", "checkouts/vcs")
    return checkout(tmp_path, origin, rev, ref, *words, variables=more)


def kept(cache: Path) -> list[str]:
    """What lies at the top of a cache."""
    return sorted(path.name for path in cache.iterdir())


def test_a_pack_that_is_cut_once_is_asked_for_again(tmp_path: Path, origin: Path) -> None:
    with serving(CutGit(origin.parent, cuts=1)) as address:
        revision = git(origin, "rev-parse", "v2")
        ended = checkout(tmp_path, f"{address}/project/.git", revision)
    assert ended.status == 0, ended.lines
    assert git(tmp_path / "checkout", "rev-parse", "HEAD") == revision


def test_a_pack_that_is_always_cut_leaves_a_cache_as_it_was(
    tmp_path: Path, cache: Path, origin: Path
) -> None:
    with serving(CutGit(origin.parent, cuts=99)) as address:
        ended = into_cache(tmp_path, f"{address}/project/.git", git(origin, "rev-parse", "v2"), "")
    assert ended.status == 1
    assert "failed 5 times" in ended.last
    assert kept(cache) == [".cacherequires"]


def test_a_lost_revision_leaves_the_tree_of_before_in_a_cache(
    tmp_path: Path, cache: Path, origin: Path
) -> None:
    first = git(origin, "rev-parse", "v1")
    assert into_cache(tmp_path, f"file://{origin}", first, "main", **OLD_PROTOCOL).status == 0
    ended = into_cache(tmp_path, f"file://{origin}", "0123456789" * 4, "main", **OLD_PROTOCOL)
    assert ended.status == 1
    assert "is in no branch of" in ended.last
    assert kept(cache) == [".cacherequires", "vcs"]
    again = into_cache(tmp_path, f"file://{origin}", first, "main", **OLD_PROTOCOL)
    assert again.status == 0, again.lines


def test_a_branch_that_was_force_pushed_is_followed_by_a_used_tree(
    tmp_path: Path, cache: Path, origin: Path
) -> None:
    copy = tmp_path / "copy"
    git(tmp_path, "clone", "-q", str(origin), str(copy))
    git(copy, "reset", "-q", "--hard", "v2")
    before = git(copy, "rev-parse", "HEAD")
    assert into_cache(tmp_path, f"file://{copy}", before, "main").status == 0
    git(copy, "reset", "-q", "--hard", "v1")
    (copy / "app.c").write_text("int version = 7;\n")
    git(copy, "commit", "-qam", "another history")
    ended = into_cache(tmp_path, f"file://{copy}", "", "main")
    assert ended.status == 0, ended.lines
    assert (cache / "vcs/app.c").read_text() == "int version = 7;\n"


def test_a_revision_of_another_branch_is_found(tmp_path: Path, origin: Path) -> None:
    revision = git(origin, "rev-parse", "with-library~0")
    ended = checkout(tmp_path, origin, revision, "main", variables=OLD_PROTOCOL)
    assert ended.status == 0, ended.lines
    assert git(tmp_path / "checkout", "rev-parse", "HEAD") == revision


def test_a_ref_that_is_not_there_is_named(tmp_path: Path, origin: Path) -> None:
    ended = checkout(tmp_path, origin, "", "no-such-branch")
    assert ended.status == 1
    assert f"error: file://{origin} has no branch or tag `no-such-branch`" in ended.last
    assert nothing_half_made(tmp_path)


def test_a_submodule_whose_repository_is_gone_fails_the_checkout(
    tmp_path: Path, cache: Path, origin: Path
) -> None:
    copy, library = tmp_path / "copy", tmp_path / "library"
    git(tmp_path, "clone", "-q", str(origin.parent / "library"), str(library))
    git(tmp_path, "clone", "-q", str(origin), str(copy))
    git(copy, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library), "lib")
    git(copy, "commit", "-qm", "library")
    shutil.rmtree(library)
    ended = into_cache(tmp_path, f"file://{copy}", git(copy, "rev-parse", "HEAD"), "")
    assert ended.status == 1
    assert "updating submodules failed 5 times" in ended.last
    assert kept(cache) == [".cacherequires"]


def test_a_submodule_is_gone_with_the_revision_that_had_it(
    tmp_path: Path, cache: Path, origin: Path
) -> None:
    for name in ("with-library", "v2"):
        ended = into_cache(tmp_path, f"file://{origin}", git(origin, "rev-parse", name), name)
        assert ended.status == 0, ended.lines
    assert kept(cache / "vcs") == [".git", "app.c"]


def test_what_a_killed_checkout_left_is_taken_away(
    tmp_path: Path, cache: Path, origin: Path
) -> None:
    assert plain(tmp_path, "true", TASKCLUSTER_CACHES=str(cache)).status == 0
    (cache / "vcs.partial-4711/.git").mkdir(parents=True)
    ended = into_cache(tmp_path, f"file://{origin}", git(origin, "rev-parse", "v2"), "main")
    assert ended.status == 0, ended.lines
    assert kept(cache) == [".cacherequires", "vcs"]


def test_a_full_disk_leaves_a_cache_as_it_was(tmp_path: Path, cache: Path, origin: Path) -> None:
    def small_files() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))

    more = {"TASKCLUSTER_CACHES": str(cache)}
    words = ("--vcs-checkout", "checkouts/vcs")
    revision = git(origin, "rev-parse", "v2")
    ended = checkout(
        tmp_path, origin, revision, "main", *words, variables=more, preexec_fn=small_files
    )
    assert ended.status == 1
    assert kept(cache) == [".cacherequires"]


def test_a_cache_that_nobody_mounted_is_named(tmp_path: Path) -> None:
    ended = plain(tmp_path, "true", TASKCLUSTER_CACHES=str(tmp_path / "nowhere"))
    assert ended.status == 1
    assert "is not a folder: the payload mounts no cache there" in ended.last


def test_a_stop_while_a_server_is_silent_leaves_nothing(tmp_path: Path, cache: Path) -> None:
    asked, over = Event(), Event()

    def silent(_request: BaseHTTPRequestHandler) -> None:
        asked.set()
        over.wait(30)

    with serving(silent) as address:
        environ = environment(
            VCS_REPOSITORY_TYPE="git",
            VCS_HEAD_REPOSITORY=f"{address}/project",
            VCS_HEAD_REF="main",
            TASKCLUSTER_CACHES=str(cache),
        )
        words = [*US, "--vcs-checkout", "checkouts/vcs", "--", "true"]
        process = start("run-task", *words, cwd=tmp_path, environ=environ)
        assert asked.wait(30)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
        over.set()
    assert process.returncode == 128 + signal.SIGTERM
    assert "stopped by signal 15 before the command ran" in output.splitlines()[-1]
    assert kept(cache) == [".cacherequires"]


def test_a_stop_while_artifacts_are_fetched_leaves_nothing_and_runs_nothing(
    tmp_path: Path,
) -> None:
    begun, over = Event(), Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"begun")
        begun.set()
        over.wait(30)

    with serving(slow) as address:
        environ = environment(
            MOZ_FETCHES=json.dumps([{"task": "T", "artifact": "public/a.tar.gz"}]),
            MOZ_FETCHES_DIR="fetches",
            TASKCLUSTER_ROOT_URL=address,
        )
        words = [*US, "--", "touch", "ran"]
        process = start("run-task", *words, cwd=tmp_path, environ=environ)
        assert begun.wait(30)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
        over.set()
    assert process.returncode == 128 + signal.SIGTERM
    assert "stopped by signal 15" in output.splitlines()[-1]
    assert left(tmp_path) == ["fetches"]


def test_a_stop_while_artifacts_are_unpacked_leaves_no_half_of_one(tmp_path: Path) -> None:
    archive = tar(*((f"{number % 20}/{number}", "file", "x") for number in range(1000)))
    names = [f"{number}.tar.gz" for number in range(4)]
    with serving(Files({f"{PUBLIC}/{name}": archive for name in names})) as address:
        environ = environment(
            MOZ_FETCHES=json.dumps(
                [{"task": "T", "artifact": f"public/{name}", "extract": True} for name in names]
            ),
            MOZ_FETCHES_DIR="fetches",
            TASKCLUSTER_ROOT_URL=address,
        )
        with start("fetch-content", "task-artifacts", cwd=tmp_path, environ=environ) as process:
            assert any(line.startswith("unpacking") for line in process.stdout)
            process.send_signal(signal.SIGTERM)
            output = process.stdout.read()
    assert process.returncode == 128 + signal.SIGTERM
    assert output.splitlines()[-1] == "error: stopped by signal 15", output
    assert [name for name in left(tmp_path / "fetches") if name.startswith(".")] == []


def test_a_fetch_that_fails_keeps_the_command_from_running(tmp_path: Path) -> None:
    files = {f"{PUBLIC}/one": b"1"}
    with serving(Files(files)) as address:
        ended = plain(
            tmp_path,
            *("touch", "ran"),
            MOZ_FETCHES=json.dumps(
                [{"task": "T", "artifact": f"public/{name}"} for name in ("one", "two")]
            ),
            MOZ_FETCHES_DIR="fetches",
            TASKCLUSTER_ROOT_URL=address,
        )
    assert ended.status == 1
    assert "fetching artifacts failed" in ended.last
    assert not (tmp_path / "ran").exists()
    assert set(left(tmp_path)) <= {"fetches", "fetches/one"}


BROKEN: list[tuple[str, Callable[[], bytes]]] = [
    ("a.tar.gz", lambda: tar(("x", "file", "content" * 9999))[:-20]),
    ("a.tar.xz", lambda: tar(("x", "file", "content"), mode="w:xz")[:40]),
    ("a.tar.gz", lambda: b"no archive"),
    ("a.zip", lambda: zipped(("x", "content"))[:-10]),
    ("a.tar.zst", lambda: b"no archive"),
]


@pytest.mark.parametrize(("name", "content"), BROKEN)
def test_an_archive_that_is_broken_is_named(
    tmp_path: Path, name: str, content: Callable[[], bytes]
) -> None:
    with serving(Files({f"{PUBLIC}/{name}": content()})) as address:
        ended = artifacts(tmp_path, address, {"artifact": f"public/{name}"})
    assert ended.status == 1
    assert ended.last.startswith(("error: a.", "error: zstd"))
    assert left(tmp_path) == ["fetches", f"fetches/{name}"]


#: Links that stay inside by their names, and would leave by way of other links.
ROUNDABOUT: list[list[tuple[str, str, str]]] = [
    [("deep/b", "link", ".."), ("a", "link", "deep/b/../evil")],
    [("d/e/b", "link", "../.."), ("d/e/a", "link", "b/../evil")],
]


@pytest.mark.parametrize("members", ROUNDABOUT)
def test_a_link_may_not_leave_by_way_of_another(
    tmp_path: Path, members: list[tuple[str, str, str]]
) -> None:
    with serving(Files({f"{PUBLIC}/a.tar.gz": tar(*members)})) as address:
        ended = artifacts(tmp_path, address, {"artifact": "public/a.tar.gz"})
    assert ended.status == 1
    assert "error: a.tar.gz: member `" in ended.last
    assert left(tmp_path) == ["fetches", "fetches/a.tar.gz"]


def test_one_archive_does_not_write_through_the_links_of_another(tmp_path: Path) -> None:
    folder = tmp_path / "fetches/p/q"
    folder.mkdir(parents=True)
    (folder / "r").symlink_to("../..")
    content = tar(("p/q/r/l", "link", "../../evil"), ("p/q/r/f", "file", "x"))
    with serving(Files({f"{PUBLIC}/b.tar.gz": content})) as address:
        ended = artifacts(tmp_path, address, {"artifact": "public/b.tar.gz"})
    assert ended.status == 0, ended.lines
    assert not (tmp_path / "fetches/f").exists()
    for path in (tmp_path / "fetches").rglob("*"):
        assert path.resolve().is_relative_to(tmp_path / "fetches")


def test_a_file_that_was_there_stays_where_the_new_one_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"before")
    with serving(Files({"/file": b"other"})) as address:
        ended = static(tmp_path, f"{address}/file", b"right", "file")
    assert ended.status == 1
    assert (tmp_path / "file").read_bytes() == b"before"
    assert left(tmp_path) == ["file"]


HG = """#!/bin/sh
case $1 in
robustcheckout) echo "$@" > args; exit STATUS;;
log) printf 0123456789012345678901234567890123456789;;
esac
"""


@pytest.mark.parametrize(("ends", "status"), [(0, 0), (72, 72), (255, 1)])
def test_mercurial_is_left_to_robustcheckout_and_its_broken_store_to_the_worker(
    tmp_path: Path, ends: int, status: int
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "hg").write_text(HG.replace("STATUS", str(ends)))
    (programs / "hg").chmod(0o755)
    (tmp_path / "checkout").mkdir()
    environ = environment(
        VCS_REPOSITORY_TYPE="hg",
        VCS_HEAD_REPOSITORY="https://hg.example.com/app",
        VCS_BASE_REPOSITORY="https://hg.example.com/unified",
        VCS_HEAD_REV="0123456789" * 4,
        HG_STORE_PATH=str(tmp_path / "store"),
    )
    environ["PATH"] = f"{programs}{os.pathsep}{environ['PATH']}"
    words = [*US, "--vcs-checkout", "checkout", "--", "true"]
    ended = execute("run-task", *words, cwd=tmp_path, environ=environ)
    assert ended.status == status, ended.lines
    assert (tmp_path / "args").read_text().split()[:4] == [
        "robustcheckout",
        "--sharebase",
        str(tmp_path / "store"),
        "--purge",
    ]
    if status:
        assert f"hg robustcheckout ended with {ends}" in ended.last


def test_the_key_of_a_repository_is_neither_logged_nor_left(tmp_path: Path, origin: Path) -> None:
    held = {"secret": {"ssh_privkey": "a private key"}}
    secrets = {"/api/secrets/v1/secret/app%2Fkey": json.dumps(held).encode()}
    with serving(Files(secrets)) as proxy:
        more = {"VCS_SSH_SECRET_NAME": "app/key", "TASKCLUSTER_PROXY_URL": proxy}
        show = ["sh", "-c", "env"]
        ended = checkout(tmp_path, origin, "", "main", variables=more, command=show)
        gone = checkout(
            tmp_path, origin, "", "main", variables={**more, "VCS_SSH_SECRET_NAME": "x"}
        )
    assert ended.status == 0, ended.lines
    said = "\n".join(ended.lines)
    assert "a private key" not in said
    assert "GIT_SSH_COMMAND" not in said
    assert gone.status == 1
    assert "the secret `x` cannot be had" in gone.last


def test_requirements_that_cannot_be_installed_are_named(tmp_path: Path, origin: Path) -> None:
    more = {"VCS_PIP_REQUIREMENTS": "no/such.txt"}
    ended = checkout(tmp_path, origin, "", "main", variables=more)
    assert ended.status == 1
    assert "no/such.txt cannot be installed" in ended.last


def test_modes_of_members_give_nobody_more_than_is_theirs(tmp_path: Path) -> None:
    made = tmp_path / "made.tar"
    with tarfile.open(made, "w") as archive:
        member = tarfile.TarInfo("x")
        member.mode = 0o6777
        archive.addfile(member)
    with serving(Files({f"{PUBLIC}/a.tar": made.read_bytes()})) as address:
        assert artifacts(tmp_path, address, {"artifact": "public/a.tar"}).status == 0
    mode: Any = (tmp_path / "fetches/x").stat().st_mode
    assert stat.S_IMODE(mode) == 0o755
