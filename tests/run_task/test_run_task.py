"""run-task under everything that goes wrong on workers."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.run_task.conftest import Ended, environment, execute, git, start
from tests.run_task.servers import Git, serving

SHOW = "import os; print(os.getcwd(), os.environ.get('VCS_HEAD_REV'))"

#: Servers of the older protocol give branches and tags only, no revision by its name.
OLD_PROTOCOL = {
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_1": "protocol.version",
    "GIT_CONFIG_VALUE_1": "0",
}


def checkout(
    cwd: Path, origin: Path | str, rev: str = "", ref: str = "main", *words: str, **more: Any
) -> Ended:
    """Check `rev` out into `cwd`/checkout and print its files."""
    address = origin if isinstance(origin, str) else f"file://{origin}"
    environ = environment(
        VCS_REPOSITORY_TYPE="git",
        VCS_HEAD_REPOSITORY=address,
        VCS_HEAD_REV=rev,
        VCS_HEAD_REF=ref,
        **more.pop("variables", {}),
    )
    us = ["--user", "root", "--group", "root"] if os.getuid() == 0 else []
    options = [*us, "--vcs-checkout", "checkout", "--retry-delay", "0.01", *words]
    command = more.pop("command", [sys.executable, "-c", SHOW])
    return execute("run-task", *options, "--", *command, cwd=cwd, environ=environ, **more)


def plain(cwd: Path, *command: str, **variables: str) -> Ended:
    """Run a command without a checkout."""
    us = ["--user", "root", "--group", "root"] if os.getuid() == 0 else []
    return execute("run-task", *us, "--", *command, cwd=cwd, environ=environment(**variables))


def nothing_half_made(cwd: Path) -> bool:
    return not list(cwd.glob("**/*.partial-*")) and not (cwd / "checkout").exists()


@pytest.mark.parametrize("tag", ["v1", "v2"])
def test_the_exact_revision_is_checked_out_shallow(tmp_path: Path, origin: Path, tag: str) -> None:
    revision = git(origin, "rev-parse", tag)
    ended = checkout(tmp_path, origin, revision)
    assert ended.status == 0, ended.lines
    assert (tmp_path / "checkout/app.c").read_text() == f"int version = {tag[1]};\n"
    assert git(tmp_path / "checkout", "rev-list", "--count", "HEAD") == "1"
    assert ended.last.endswith(f"{tmp_path} {revision}")


def test_a_branch_is_resolved_and_told_to_the_command(tmp_path: Path, origin: Path) -> None:
    ended = checkout(tmp_path, origin, "", "main")
    assert ended.last.endswith(git(origin, "rev-parse", "main"))


def test_the_whole_history_comes_where_it_is_asked_for(tmp_path: Path, origin: Path) -> None:
    revision = git(origin, "rev-parse", "main")
    assert checkout(tmp_path, origin, revision, "main", "--vcs-full-clone").status == 0
    assert git(tmp_path / "checkout", "rev-list", "--count", "HEAD") == "3"


def test_a_used_tree_is_cleaned(tmp_path: Path, origin: Path) -> None:
    assert checkout(tmp_path, origin, git(origin, "rev-parse", "v1")).status == 0
    tree = tmp_path / "checkout"
    (tree / "app.c").write_text("broken")
    (tree / "out").mkdir()
    (tree / "out/app.o").write_text("built")
    (tree / ".git/index.lock").write_text("")
    revision = git(origin, "rev-parse", "v2")
    assert checkout(tmp_path, origin, revision).status == 0
    assert git(tree, "status", "--porcelain", "--ignored") == ""
    assert git(tree, "rev-parse", "HEAD") == revision
    assert sorted(path.name for path in tree.iterdir()) == [".git", "app.c"]


def test_a_broken_tree_is_made_anew(tmp_path: Path, origin: Path) -> None:
    revision = git(origin, "rev-parse", "v2")
    assert checkout(tmp_path, origin, revision).status == 0
    (tmp_path / "checkout/.git/HEAD").write_text("rubbish")
    ended = checkout(tmp_path, origin, revision)
    assert ended.status == 0, ended.lines
    assert git(tmp_path / "checkout", "rev-parse", "HEAD") == revision


def test_submodules_are_checked_out(tmp_path: Path, origin: Path) -> None:
    ended = checkout(tmp_path, origin, git(origin, "rev-parse", "with-library"), "with-library")
    assert ended.status == 0, ended.lines
    assert (tmp_path / "checkout/lib/lib.c").read_text() == "int lib;\n"


def test_only_the_sparse_patterns_are_checked_out(tmp_path: Path, origin: Path) -> None:
    revision = git(origin, "rev-parse", "with-library")
    sparse = {"VCS_SPARSE_PATTERNS": json.dumps(["/app.c"])}
    assert checkout(tmp_path, origin, revision, "", variables=sparse).status == 0
    assert [p.name for p in (tmp_path / "checkout").iterdir() if p.name != ".git"] == ["app.c"]


def test_old_servers_give_a_revision_by_its_branch(tmp_path: Path, origin: Path) -> None:
    revision = git(origin, "rev-parse", "v1")
    ended = checkout(tmp_path, origin, revision, "main", variables=OLD_PROTOCOL)
    assert ended.status == 0, ended.lines
    assert git(tmp_path / "checkout", "rev-parse", "HEAD") == revision


@pytest.mark.parametrize("which", ["lost", "never"])
def test_a_revision_in_no_branch_is_said_to_be_so(tmp_path: Path, origin: Path, which: str) -> None:
    lost = (origin.parent / "lost").read_text()
    revision = lost if which == "lost" else "0123456789" * 4
    ended = checkout(tmp_path, origin, revision, "main", variables=OLD_PROTOCOL)
    assert ended.status == 1
    assert f"error: revision {revision} is in no branch of file://{origin}" in ended.last
    assert nothing_half_made(tmp_path)


def test_a_server_that_fails_twice_is_asked_again(tmp_path: Path, origin: Path) -> None:
    with serving(Git(origin.parent, refuse=2)) as address:
        host = address.replace("http://", "http://user:pa55word@")
        ended = checkout(tmp_path, f"{host}/project/.git", git(origin, "rev-parse", "v2"))
    assert ended.status == 0, ended.lines
    assert sum("once more" in line for line in ended.lines) == 2
    assert not [line for line in ended.lines if "pa55word" in line]


def test_a_server_that_stays_down_ends_the_task(tmp_path: Path, origin: Path) -> None:
    with serving(Git(origin.parent, refuse=100)) as address:
        ended = checkout(tmp_path, f"{address}/project/.git", git(origin, "rev-parse", "v2"))
    assert ended.status == 1
    assert "failed 5 times" in ended.last
    assert "503" in ended.last
    assert nothing_half_made(tmp_path)


def test_a_stop_during_the_checkout_leaves_nothing(tmp_path: Path, origin: Path) -> None:
    with serving(Git(origin.parent, refuse=100)) as address:
        environ = environment(
            VCS_REPOSITORY_TYPE="git",
            VCS_HEAD_REPOSITORY=f"{address}/project/.git",
            VCS_HEAD_REF="main",
        )
        us = ["--user", "root", "--group", "root"] if os.getuid() == 0 else []
        words = [*us, "--vcs-checkout", "checkout", "--retry-delay", "30", "--", "true"]
        process = start("run-task", *words, cwd=tmp_path, environ=environ)
        for line in process.stdout:
            if "once more" in line:
                break
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert "error: stopped by signal 15 before the command ran" in output.splitlines()[-1]
    assert nothing_half_made(tmp_path)


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, origin: Path) -> None:
    def small_files() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))

    ended = checkout(tmp_path, origin, git(origin, "rev-parse", "v2"), preexec_fn=small_files)
    assert ended.status == 1
    assert "error: " in ended.last
    assert nothing_half_made(tmp_path)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"VCS_REPOSITORY_TYPE": "svn"}, "VCS_REPOSITORY_TYPE must be git or hg"),
        ({"VCS_HEAD_REPOSITORY": ""}, "VCS_HEAD_REPOSITORY is not set"),
        ({"VCS_HEAD_REF": ""}, "neither VCS_HEAD_REV nor _HEAD_REF is set"),
        ({"VCS_HEAD_REF": "--upload-pack=x"}, "is not an address, revision or ref"),
        ({"VCS_SPARSE_PATTERNS": "["}, "VCS_SPARSE_PATTERNS is not a JSON list"),
        ({"REPOSITORIES": "["}, "REPOSITORIES is not a JSON mapping"),
    ],
)
def test_a_wrong_environment_is_refused(
    tmp_path: Path, variables: dict[str, str], words: str
) -> None:
    environ = environment(
        **{
            "VCS_REPOSITORY_TYPE": "git",
            "VCS_HEAD_REPOSITORY": "file:///nowhere",
            "VCS_HEAD_REF": "main",
            **variables,
        }
    )
    ended = execute("run-task", "--vcs-checkout", "c", "--", "true", cwd=tmp_path, environ=environ)
    assert ended.status == 2
    assert words in ended.last


def test_a_dry_run_says_what_would_be_done(tmp_path: Path, origin: Path) -> None:
    ended = checkout(tmp_path, origin, "", "main", "--dry-run")
    assert ended.status == 0
    assert f"check out main of file://{origin}" in ended.lines[0]
    assert not list(tmp_path.iterdir())


def test_an_empty_cache_is_marked_and_used_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for _ in range(2):
        assert plain(tmp_path, "true", TASKCLUSTER_CACHES=str(cache)).status == 0
    marker = (cache / ".cacherequires").read_text().splitlines()
    assert marker == ["version=1", f"gid={os.getgid()}", f"uid={os.getuid()}"]


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        (None, "does not say what it requires"),
        ("version=1\ngid=4242\nuid=4242", "requires version=1 gid=4242 uid=4242"),
        ("version=0", "requires version=0"),
    ],
)
def test_a_cache_of_somebody_else_is_purged(tmp_path: Path, marker: str | None, words: str) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "content").write_text("x")
    if marker is not None:
        (cache / ".cacherequires").write_text(marker)
    ended = plain(tmp_path, "true", TASKCLUSTER_CACHES=str(cache))
    assert ended.status == 72
    assert words in ended.last


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_an_untrusted_cache_changes_hands(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / ".cacherequires").write_text("version=1\ngid=4242\nuid=4242")
    (cache / "content").write_text("x")
    os.chown(cache / "content", 4242, 4242)
    variables = {"TASKCLUSTER_CACHES": str(cache), "TASKCLUSTER_UNTRUSTED_CACHES": "1"}
    assert plain(tmp_path, "true", **variables).status == 0
    assert (cache / "content").stat().st_uid == os.getuid()


@pytest.mark.skipif(os.getuid() != 0, reason="only root changes who it is")
def test_root_runs_the_command_as_the_user_it_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    words = ["--user", "nobody", "--group", "nogroup", "--", "id", "-un"]
    ended = execute("run-task", *words, cwd=tmp_path, environ=environment())
    assert ended.status == 0, ended.lines
    assert ended.last.endswith("] nobody")


def test_a_volume_must_be_empty(tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    assert plain(tmp_path, "true", TASKCLUSTER_VOLUMES=str(volume)).status == 0
    (volume / "left").write_text("")
    ended = plain(tmp_path, "true", TASKCLUSTER_VOLUMES=str(volume))
    assert ended.status == 1
    assert "is not empty" in ended.last


@pytest.mark.parametrize(("command", "status"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137)])
def test_the_exit_status_is_that_of_the_command(tmp_path: Path, command: str, status: int) -> None:
    assert plain(tmp_path, "sh", "-c", command).status == status


def test_a_command_that_is_not_there_is_named(tmp_path: Path) -> None:
    ended = plain(tmp_path, "no-such-program")
    assert ended.status == 127
    assert "error: cannot start `no-such-program`" in ended.last


def test_output_has_part_and_time_and_nothing_is_lost(tmp_path: Path) -> None:
    ended = plain(tmp_path, "sh", "-c", "echo one; echo two >&2; printf three")
    assert [line.split("] ", 1)[1] for line in ended.lines[-3:]] == ["one", "two", "three"]
    assert ended.lines[-1].startswith("[task 20")


def test_what_the_command_leaves_running_does_not_hold_the_task(tmp_path: Path) -> None:
    began = time.monotonic()
    ended = plain(tmp_path, "sh", "-c", "sleep 20 & echo $!")
    os.kill(int(ended.last.split("] ")[1]), signal.SIGKILL)
    assert ended.status == 0
    assert time.monotonic() - began < 10


def test_signals_reach_the_command(tmp_path: Path) -> None:
    script = "trap 'echo stopped; exit 9' TERM; echo ready; while :; do sleep 0.05; done"
    us = ["--user", "root", "--group", "root"] if os.getuid() == 0 else []
    process = start("run-task", *us, "--", "sh", "-c", script, cwd=tmp_path)
    for line in process.stdout:
        if line.endswith("] ready\n"):
            break
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 9
    assert "stopped" in output


def test_the_folder_of_the_task_is_put_where_it_is_named(tmp_path: Path) -> None:
    ended = plain(
        tmp_path, "sh", "-c", "echo $OUT $UPLOAD_DIR", OUT="{task_workdir}/out", UPLOAD_DIR="up"
    )
    assert ended.last.endswith(f"{tmp_path}/out {tmp_path}/up")


def test_older_pythons_of_images_can_run_the_programs(tmp_path: Path) -> None:
    found = Path.home() / ".pyenv/versions"
    old = sorted(found.glob("3.8.*/bin/python3"))
    if not old:
        pytest.skip("this machine has no Python 3.8")
    us = ["--user", "root", "--group", "root"] if os.getuid() == 0 else []
    ended = execute("run-task", *us, "--", "echo", "ran", cwd=tmp_path, python=str(old[0]))
    assert (ended.status, ended.last[-3:]) == (0, "ran"), ended.lines
    asked = execute("fetch-content", "--help", cwd=tmp_path, python=str(old[0]))
    assert asked.status == 0, asked.lines


def test_the_programs_need_nothing_but_python(tmp_path: Path) -> None:
    from relpro.run_task import PROGRAMS

    for program in PROGRAMS.values():
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(program), "--help"],
            cwd=tmp_path,
            check=False,
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr
