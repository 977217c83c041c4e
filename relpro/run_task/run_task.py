#!/usr/bin/env python3
"""Prepares a task's machine, then runs the task's command and ends as it ends.

    run-task [--user NAME] [--group NAME] [--task-cwd FOLDER]
             [--PREFIX-checkout FOLDER] [--PREFIX-sparse-profile PATH] [--PREFIX-full-clone]
             [--retry-delay SECONDS] [--dry-run] -- COMMAND [ARGUMENT ...]

In this order: caches are checked, volumes owned, privileges dropped, repositories checked out,
fetches downloaded and unpacked, Python requirements installed, the command run. PREFIX is the
name of a repository in `REPOSITORIES` (JSON, prefix -> name; `vcs` where it is not set). What to
check out stands in the environment, under the prefix in capitals: `VCS_HEAD_REPOSITORY`,
`VCS_HEAD_REV`, `VCS_HEAD_REF`, `VCS_BASE_REPOSITORY`, `VCS_REPOSITORY_TYPE`,
`VCS_SSH_SECRET_NAME`, `VCS_SPARSE_PATTERNS`, `VCS_PIP_REQUIREMENTS`.

Exit status: that of the command, 128 and the number of the signal that ended it, 72 where a cache
must be purged, 2 for wrong arguments, 1 for everything else that goes wrong before the command
runs. The last line of the log says what went wrong.

Standard library only, Python 3.8 and later: any image can run it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import selectors
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, NamedTuple, NoReturn, Sequence

#: The worker purges the task's caches and retries (`onExitStatus` of run-task's payloads).
PURGE_CACHES = 72

#: Raised with whatever makes a cache of an earlier run-task unfit for this one.
CACHE_VERSION = "version=1"

ATTEMPTS = 5

#: What lines of the command itself begin with.
TASK = "task"

#: Variables that hold a path which the command may read from another folder.
PATHS = (
    "CARGO_HOME",
    "MOZ_FETCHES_DIR",
    "MOZ_PYTHON_HOME",
    "MOZ_UV_HOME",
    "PIP_CACHE_DIR",
    "UPLOAD_DIR",
    "UV_CACHE_DIR",
    "npm_config_cache",
)

IS_WINDOWS = os.name == "nt"

_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_FULL_REVISION = re.compile(r"[0-9a-f]{40}")
#: What git says of a revision or ref that asking again will not bring.
_NOT_THERE = re.compile(
    r"not our ref|couldn't find remote ref|does not allow request for unadvertised"
    r"|no such remote ref|bad object|unadvertised object"
)


class FailedError(Exception):
    """Something failed before the command ran; `status` is the exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        """Take the line that the log ends with."""
        super().__init__(message)
        self.status = status


class StoppedError(BaseException):
    """A signal came while no command was running."""

    def __init__(self, number: int) -> None:
        """Take the number of the signal."""
        super().__init__(number)
        self.number = number


def log(part: str, text: str) -> None:
    """Write lines to stdout, each with the part of run-task that speaks and the time (UTC).

    User names and passwords in addresses are left out.
    """
    for line in text.splitlines() or [""]:
        write_line(part, _USER_INFO.sub("", line).encode("utf-8", "replace"))


def write_line(part: str, line: bytes) -> None:
    """Write one line of anybody's, as it is, behind part and time."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
    prefix = "[{} {}] ".format(part, now.replace("+00:00", "Z")).encode()
    sys.stdout.buffer.write(prefix + line + b"\n")
    sys.stdout.buffer.flush()


# Commands


class Running:
    """The command that runs now, if any, to which signals are passed on; and the last such one."""

    process: subprocess.Popen[bytes] | None = None
    signal = 0


def pass_on(number: int, _frame: object) -> None:
    """Send a signal to the command that runs; without one, stop run-task."""
    process = Running.process
    Running.signal = number
    if process is None:
        raise StoppedError(number)
    if process.poll() is None:
        if IS_WINDOWS:
            process.terminate()
        else:
            os.killpg(process.pid, number)


def run(part: str, command: Sequence[str], cwd: str | None = None) -> int:
    """Run a command, with its output in the log line by line; give its exit status.

    A command that a signal ended gives 128 and the signal's number, as a shell does. Raises
    `FailedError` where it cannot be started.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=not IS_WINDOWS,
        )
    except OSError as error:
        where = f" in {cwd}" if cwd else ""
        raise FailedError(f"cannot start `{command[0]}`{where}: {error.strerror}", 127) from error
    Running.process = process
    try:
        for line in _lines_of(process):
            write_line(part, line)
        status = process.wait()
    finally:
        Running.process = None
    if Running.signal and part != TASK:  # what was stopped prepares the command, which must not run
        raise StoppedError(Running.signal)
    return status if status >= 0 else 128 - status


def _lines_of(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """The lines that a command writes, until it has ended.

    Not until its pipe is closed: what it left running may hold that for ever.
    """
    assert process.stdout is not None
    if IS_WINDOWS:  # no selectors on pipes there
        for line in process.stdout:
            yield line.rstrip(b"\r\n")
        return
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            ended = process.poll() is not None
            if not selector.select(timeout=0 if ended else 0.2):
                if ended:
                    break
                continue
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.rstrip(b"\r")
    if rest:
        yield rest


def ask(command: Sequence[str], cwd: str | None = None) -> tuple[int, str]:
    """Run a command in silence; give its exit status and all that it wrote."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        raise FailedError(f"cannot start `{command[0]}`: {error.strerror}") from error
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()


def with_retries(what: str, delay: float, attempt: Callable[[], str | None]) -> None:
    """Try until `attempt` gives None; it gives the reason why it failed, or raises for good.

    Waits `delay` seconds, then twice as long each time. Raises `FailedError` after `ATTEMPTS`.
    """
    reason: str | None = None
    for number in range(1, ATTEMPTS + 1):
        reason = attempt()
        if reason is None:
            return
        if number < ATTEMPTS:
            log("vcs", f"{what} failed ({reason}); attempt {number} of {ATTEMPTS}, once more")
            time.sleep(delay * 2 ** (number - 1))
    raise FailedError(f"{what} failed {ATTEMPTS} times: {reason}")


# Caches and volumes


class Person(NamedTuple):
    """Whom the command runs as: ids, and the groups that it keeps."""

    uid: int
    gid: int
    groups: tuple[int, ...]


def person(user: str, group: str) -> Person | None:
    """Whom to run as; None on Windows. Only root may choose; everybody else stays who they are."""
    if IS_WINDOWS:
        return None
    if os.getuid() != 0:
        return Person(os.getuid(), os.getgid(), ())
    import grp  # noqa: PLC0415 - not on Windows
    import pwd  # noqa: PLC0415

    try:
        entry, main = pwd.getpwnam(user), grp.getgrnam(group)
    except KeyError as error:
        raise FailedError(f"this machine knows no such user or group: {error.args[0]}") from error
    groups = [main.gr_gid, *(g.gr_gid for g in grp.getgrall() if user in g.gr_mem)]
    return Person(entry.pw_uid, main.gr_gid, tuple(dict.fromkeys(groups)))


def own(path: str, who: Person | None) -> None:
    """Give a folder, and not what is in it, to whom the command runs as."""
    if who is not None and os.getuid() == 0:
        os.chown(path, who.uid, who.gid)


def listed(variable: str) -> list[str]:
    """The paths of a variable, `;` between them. The variable is taken out of the environment."""
    return [path for path in os.environ.pop(variable, "").split(";") if path]


def check_cache(path: str, who: Person | None, untrusted: bool) -> None:
    """Mark an empty cache with what it requires; refuse one that requires something else.

    Raises `FailedError` with status 72, so that the worker purges it. Untrusted caches may change
    hands: their files are given to the new owner.
    """
    if not os.path.isdir(path):
        raise FailedError(f"cache {path} is not a folder: the payload mounts no cache there")
    ours = [CACHE_VERSION]
    if who is not None:
        ours += [f"gid={who.gid}", f"uid={who.uid}"]
    marker = os.path.join(path, ".cacherequires")
    if not os.listdir(path):
        log("cache", f"{path} is empty; it now requires {' '.join(ours)}")
        _write_whole(marker, "\n".join(ours))
        os.chmod(marker, stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        own(path, who)
        return
    if not os.path.isfile(marker):
        raise FailedError(
            f"cache {path} is not empty and does not say what it requires: "
            f"something other than run-task has filled it",
            PURGE_CACHES,
        )
    theirs = Path(marker).read_text(encoding="utf-8").splitlines()
    if sorted(theirs) == sorted(ours):
        return
    if untrusted and CACHE_VERSION in theirs and who is not None and os.getuid() == 0:
        log("cache", f"{path} changes hands: {' '.join(theirs)} -> {' '.join(ours)}")
        _give_away(path, who)
        os.chmod(marker, stat.S_IRUSR | stat.S_IWUSR)
        _write_whole(marker, "\n".join(ours))
        return
    raise FailedError(
        f"cache {path} requires {' '.join(theirs)}, and this task has {' '.join(ours)}",
        PURGE_CACHES,
    )


def _write_whole(path: str, text: str) -> None:
    """Write a file all or nothing."""
    partial = path + ".partial"
    try:
        Path(partial).write_text(text, encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        _remove(partial)
        raise FailedError(f"cannot write {path}: {error.strerror}") from error


def _give_away(path: str, who: Person) -> None:
    for folder, _, files in os.walk(path):
        for each in (folder, *(os.path.join(folder, name) for name in files)):
            os.chown(each, who.uid, who.gid, follow_symlinks=False)


def own_volume(path: str, who: Person | None) -> None:
    """Give a volume, which must be empty, to whom the command runs as."""
    if not os.path.isdir(path):
        raise FailedError(f"volume {path} is not a folder: the image declares no volume there")
    if os.listdir(path):
        raise FailedError(f"volume {path} is not empty: an image must leave its volumes empty")
    own(path, who)


def drop_privileges(who: Person | None, names: str) -> None:
    """Become whom the command runs as. Only root does anything."""
    if who is None or os.getuid() != 0:
        return
    log("setup", f"running as {names}")
    os.setgroups(list(who.groups))
    os.umask(0o22)
    os.setresgid(who.gid, who.gid, who.gid)
    os.setresuid(who.uid, who.uid, who.uid)


# Checkouts


class Repository(NamedTuple):
    """What to check out, where, and how."""

    prefix: str
    name: str
    path: str
    kind: str
    head: str
    base: str
    revision: str
    ref: str
    secret: str
    profile: str
    patterns: tuple[str, ...]
    full: bool

    @property
    def env_prefix(self) -> str:
        """The prefix of this repository's variables."""
        return self.prefix.upper()


def repository_of(prefix: str, name: str, options: argparse.Namespace) -> Repository | None:
    """What the arguments and the environment say of a repository; None where it is not wanted."""
    path = getattr(options, f"{prefix}_checkout")
    if not path:
        return None

    def env(key: str) -> str:
        return os.environ.get(f"{prefix.upper()}_{key}", "")

    try:
        patterns = tuple(json.loads(env("SPARSE_PATTERNS") or "[]"))
    except ValueError as error:
        raise FailedError(f"{prefix.upper()}_SPARSE_PATTERNS is not a JSON list", 2) from error
    repository = Repository(
        prefix,
        name,
        os.path.abspath(path),
        env("REPOSITORY_TYPE"),
        env("HEAD_REPOSITORY"),
        env("BASE_REPOSITORY"),
        env("HEAD_REV"),
        env("HEAD_REF"),
        env("SSH_SECRET_NAME"),
        getattr(options, f"{prefix}_sparse_profile") or "",
        patterns,
        getattr(options, f"{prefix}_full_clone"),
    )
    if repository.kind not in ("git", "hg"):
        raise FailedError(f"{prefix.upper()}_REPOSITORY_TYPE must be git or hg", 2)
    if not repository.head:
        raise FailedError(f"{prefix.upper()}_HEAD_REPOSITORY is not set", 2)
    if not (repository.revision or repository.ref):
        raise FailedError(f"neither {prefix.upper()}_HEAD_REV nor _HEAD_REF is set", 2)
    for value in (repository.head, repository.base, repository.revision, repository.ref):
        if value.startswith("-"):
            raise FailedError(f"`{value}` is not an address, revision or ref", 2)
    return repository


def check_out(repository: Repository, delay: float) -> str:
    """Check a repository out; give the full revision, which its `_HEAD_REV` then holds."""
    if repository.kind == "hg":
        revision = check_out_hg(repository)
    else:
        with _ssh_key(repository.secret):
            revision = check_out_git(repository, delay)
    log("vcs", f"{repository.name}: {revision} of {repository.head} is in {repository.path}")
    return revision


def check_out_git(repository: Repository, delay: float) -> str:
    """Check a git repository out at its exact revision; give that revision.

    A tree that is there already is cleaned and used again; one that git cannot read is made anew.
    A new one appears under its name only when it is whole.
    """
    target = Path(repository.path)
    for leftover in target.parent.glob(f"{target.name}.partial-*"):
        _remove(str(leftover))
    if target.is_dir() and _is_sound(str(target)):
        return _update_git(repository, str(target), delay)
    if target.exists():
        _remove_content(target)
    partial = f"{repository.path}.partial-{os.getpid()}"
    try:
        os.makedirs(partial)
        _git(partial, "init", "--quiet")
        revision = _update_git(repository, partial, delay)
        _move_into(partial, target)
    except OSError as error:
        raise FailedError(f"cannot check out into {target}: {error.strerror}") from error
    finally:
        _remove(partial)
    return revision


def _is_sound(path: str) -> bool:
    """Whether git can use the tree at `path` again."""
    if not os.path.isdir(os.path.join(path, ".git")):
        return False
    status, _ = ask(["git", "status", "--porcelain"], path)
    return status == 0


def _update_git(repository: Repository, path: str, delay: float) -> str:
    """Bring the tree at `path` to the exact revision, and leave nothing else in it."""
    for lock in Path(path, ".git").rglob("*.lock"):
        lock.unlink()
    if repository.patterns:
        _git(path, "sparse-checkout", "set", "--no-cone", "--", *repository.patterns)
    commit = _fetched(repository, path, delay)
    _git(path, "checkout", "--quiet", "--force", "--detach", commit)
    _git(path, "reset", "--quiet", "--hard", commit)
    _git(path, "clean", "--quiet", "-ffdx", "--exclude=/.cacherequires")
    if os.path.isfile(os.path.join(path, ".gitmodules")):
        _update_submodules(path, delay)
    _, found = ask(["git", "rev-parse", "HEAD"], path)
    if _FULL_REVISION.fullmatch(repository.revision) and found != repository.revision:
        raise FailedError(f"git checked out {found}, not {repository.revision}")
    return found


def _fetched(repository: Repository, path: str, delay: float) -> str:
    """Fetch what is wanted, as little as the server allows; give the commit's full name."""
    wanted = repository.revision or repository.ref
    status, found = ask(["git", "rev-parse", "--verify", "--quiet", f"{wanted}^{{commit}}"], path)
    if status == 0 and found == wanted and not repository.full:
        return wanted
    depth = () if repository.full else ("--depth=1",)
    if _fetch(repository.head, path, delay, *depth, wanted):
        return _commit(path, "FETCH_HEAD")
    if not repository.revision:
        raise FailedError(f"{repository.head} has no branch or tag `{wanted}`")
    # Servers may give branches and tags only: the revision is in the history of one of them.
    sources = [(repository.head, ref) for ref in (repository.ref, "refs/heads/*", "refs/tags/*")]
    sources.append((repository.base, "refs/heads/*"))
    for address, ref in sources:
        if not (address and ref):
            continue
        into = ref.replace("refs/", "refs/fetched/")
        into = into if into.startswith("refs/") else f"refs/fetched/heads/{into}"
        refs = f"+{ref}:{into}"
        if _fetch(address, path, delay, *_unshallow(path), refs) and _has(path, wanted):
            return _commit(path, wanted)
    raise FailedError(
        f"revision {wanted} is in no branch of {repository.head}: "
        "it was never pushed there, or a force-push has taken it away"
    )


def _unshallow(path: str) -> tuple[str, ...]:
    return ("--unshallow",) if os.path.isfile(os.path.join(path, ".git", "shallow")) else ()


def _has(path: str, revision: str) -> bool:
    return ask(["git", "cat-file", "-e", f"{revision}^{{commit}}"], path)[0] == 0


def _commit(path: str, name: str) -> str:
    status, found = ask(["git", "rev-parse", "--verify", f"{name}^{{commit}}"], path)
    if status:
        raise FailedError(f"git knows no commit `{name}`: {found}")
    return found


def _fetch(address: str, path: str, delay: float, *arguments: str) -> bool:
    """Fetch from an address, again and again where the network fails; False: it is not there."""
    *options, what = arguments
    command = ["git", "fetch", "--no-tags", "--force", *options, "--", address, what]
    there = True

    def attempt() -> str | None:
        nonlocal there
        log("vcs", f"{shlex.join(command)}")
        status, said = ask(command, path)
        if status == 0:
            return None
        if _NOT_THERE.search(said):
            there = False
            return None
        return _last_line(said)

    with_retries(f"fetching {what} from {address}", delay, attempt)
    return there


def _update_submodules(path: str, delay: float) -> None:
    update = ["git", "submodule", "update", "--init", "--recursive", "--force", "--depth=1"]

    def attempt() -> str | None:
        status, said = ask(update, path)
        return None if status == 0 else _last_line(said)

    _git(path, "submodule", "--quiet", "sync", "--recursive")
    with_retries("updating submodules", delay, attempt)
    _git(path, "submodule", "--quiet", "foreach", "--recursive", "git clean -ffdxq")


def _git(path: str, *arguments: str) -> None:
    """Run a git command that no network is needed for. Raises `FailedError` where it fails."""
    status, said = ask(["git", *arguments], path)
    if status:
        raise FailedError(f"git {arguments[0]} failed in {path}: {_last_line(said)}")


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"


def _move_into(partial: str, target: Path) -> None:
    """Give a whole tree its name; into the folder itself where that is a mount point."""
    if not target.exists():
        os.rename(partial, str(target))
        return
    for entry in os.listdir(partial):
        os.rename(os.path.join(partial, entry), str(target / entry))


def _remove_content(folder: Path) -> None:
    """Empty a folder, but for what marks a cache."""
    log("vcs", f"{folder} holds no tree that git can use; it is made anew")
    for entry in folder.iterdir():
        if entry.name != ".cacherequires":
            _remove(str(entry))


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)


class _ssh_key:  # noqa: N801 - used as a function
    """While entered, git uses the key of a secret. Nothing is done where no secret is named.

    The secret holds `ssh_privkey`, and may hold `ssh_known_hosts`; it is asked for through the
    task's proxy (`TASKCLUSTER_PROXY_URL`).
    """

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.folder = ""

    def __enter__(self) -> None:
        if not self.secret:
            return
        held = _secret(self.secret)
        self.folder = tempfile.mkdtemp(prefix="run-task-")
        key = os.path.join(self.folder, "key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(held["ssh_privkey"].rstrip("\n") + "\n")
        hosts = os.path.join(self.folder, "hosts")
        Path(hosts).write_text(held.get("ssh_known_hosts", ""), encoding="utf-8")
        checking = "yes" if "ssh_known_hosts" in held else "accept-new"
        os.environ["GIT_SSH_COMMAND"] = (
            f"ssh -o IdentitiesOnly=yes -o StrictHostKeyChecking={checking} "
            f"-o UserKnownHostsFile={shlex.quote(hosts)} -i {shlex.quote(key)}"
        )

    def __exit__(self, *_: object) -> None:
        if self.folder:
            del os.environ["GIT_SSH_COMMAND"]
            _remove(self.folder)


def _secret(name: str) -> dict[str, str]:
    import urllib.parse  # noqa: PLC0415 - few tasks have secrets
    import urllib.request  # noqa: PLC0415 - longer to import than all else

    proxy = os.environ.get("TASKCLUSTER_PROXY_URL", "http://taskcluster").rstrip("/")
    quoted = urllib.parse.quote(name, safe="")
    try:
        with urllib.request.urlopen(f"{proxy}/api/secrets/v1/secret/{quoted}", timeout=60) as got:
            held: dict[str, Any] = json.load(got)["secret"]
    except (OSError, ValueError, KeyError) as error:
        raise FailedError(f"the secret `{name}` cannot be had: {error}") from error
    if "ssh_privkey" not in held:
        raise FailedError(f"the secret `{name}` has no `ssh_privkey`")
    return held


def check_out_hg(repository: Repository) -> str:
    """Check a Mercurial repository out by its extension robustcheckout; give the revision."""
    store = os.environ.get("HG_STORE_PATH")
    if not store:
        raise FailedError("HG_STORE_PATH is not set: Mercurial shares its history there")
    os.makedirs(store, exist_ok=True)
    is_full = _FULL_REVISION.fullmatch(repository.revision)
    which = ("--revision", repository.revision) if is_full else ("--branch", repository.ref)
    command = ["hg", "robustcheckout", "--sharebase", store, "--purge"]
    command += ["--upstream", repository.base] if repository.base else []
    command += ["--sparseprofile", repository.profile] if repository.profile else []
    status = run("vcs", [*command, *which, repository.head, repository.path])
    if status:
        # robustcheckout itself says 72 where the shared store is beyond repair.
        raise FailedError(
            f"hg robustcheckout ended with {status}", PURGE_CACHES if status == PURGE_CACHES else 1
        )
    _, found = ask(["hg", "log", "--rev", ".", "--template", "{node}"], repository.path)
    if not _FULL_REVISION.fullmatch(found):
        raise FailedError(f"hg does not say what it checked out: {_last_line(found)}")
    return found


# The rest of the environment


def make_absolute(prefixes: Iterable[str]) -> None:
    """Write well-known paths in full, with `/`; and put the task's folder where it is named."""
    workdir = os.getcwd()
    for key, value in list(os.environ.items()):
        if "{task_workdir}" in value:
            os.environ[key] = value.replace("{task_workdir}", workdir)
    for key in (*PATHS, *(f"{prefix.upper()}_PATH" for prefix in prefixes)):
        if key in os.environ:
            os.environ[key] = os.path.abspath(os.environ[key]).replace(os.sep, "/")
            log("setup", f"{key} is {os.environ[key]}")


def fetch_artifacts() -> None:
    """Download and unpack what `MOZ_FETCHES` names, by the program fetch-content."""
    beside = Path(__file__).resolve().parent
    program = shutil.which("fetch-content") or next(
        (
            str(path)
            for name in ("fetch-content", "fetch_content.py")
            if (path := beside / name).is_file()
        ),
        None,
    )
    if program is None:
        raise FailedError("MOZ_FETCHES is set, and fetch-content is neither on PATH nor beside me")
    status = run("fetches", [sys.executable, "-u", program, "task-artifacts"])
    if status:
        raise FailedError(f"fetching artifacts failed (fetch-content ended with {status})")


def install_requirements(repository: Repository) -> None:
    """Install the Python requirements that a repository names, with their hashes."""
    files = os.environ.get(f"{repository.env_prefix}_PIP_REQUIREMENTS", "")
    for name in filter(None, files.split(":" if not IS_WINDOWS else ";")):
        path = os.path.join(repository.path, name)
        hashes = [] if os.environ.get("PIP_DISABLE_REQUIRE_HASHES") == "1" else ["--require-hashes"]
        command = [sys.executable, "-mpip", "install", "--user", *hashes, "-r", path]
        if run("pip", command):
            raise FailedError(f"the requirements of {path} cannot be installed")


# All of it


def arguments(
    words: Sequence[str], prefixes: Iterable[str]
) -> tuple[argparse.Namespace, list[str]]:
    """Split the words into options and the command behind `--`."""
    ours, command = list(words), []
    if "--" in ours:
        at = ours.index("--")
        ours, command = ours[:at], ours[at + 1 :]
    parser = argparse.ArgumentParser(prog="run-task", allow_abbrev=False)
    parser.add_argument("--user", default="worker", help="whom root runs the command as")
    parser.add_argument("--group", default="worker", help="the group of that user")
    parser.add_argument("--task-cwd", metavar="FOLDER", help="where the command runs")
    parser.add_argument(
        "--retry-delay", type=float, default=5.0, help="seconds, then twice as many"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    # Older payloads have it; Mercurial checks certificates without it.
    parser.add_argument("--fetch-hgfingerprint", action="store_true", help=argparse.SUPPRESS)
    for prefix in prefixes:
        parser.add_argument(f"--{prefix}-checkout", dest=f"{prefix}_checkout", metavar="FOLDER")
        parser.add_argument(f"--{prefix}-sparse-profile", dest=f"{prefix}_sparse_profile")
        parser.add_argument(
            f"--{prefix}-full-clone", dest=f"{prefix}_full_clone", action="store_true"
        )
        # Shallow is what run-task does without being told; older payloads tell it.
        parser.add_argument(
            f"--{prefix}-shallow-clone", action="store_true", help=argparse.SUPPRESS
        )
    return parser.parse_args(ours), command


def prepare(options: argparse.Namespace, repositories: Sequence[Repository]) -> None:
    """Do all that comes before the command. Raises `FailedError`."""
    who = person(options.user, options.group)
    caches, volumes = listed("TASKCLUSTER_CACHES"), listed("TASKCLUSTER_VOLUMES")
    untrusted = os.environ.pop("TASKCLUSTER_UNTRUSTED_CACHES", "") not in ("", "0")
    for cache in caches:
        check_cache(cache, who, untrusted)
    for volume in volumes:
        if volume not in caches:
            own_volume(volume, who)
    for repository in repositories:
        parent = os.path.dirname(repository.path)
        os.makedirs(parent, exist_ok=True)
        if parent != os.path.dirname(parent):
            own(parent, who)
    drop_privileges(who, f"{options.user}:{options.group}")
    for repository in repositories:
        revision = check_out(repository, options.retry_delay)
        os.environ[f"{repository.env_prefix}_HEAD_REV"] = revision
    make_absolute(repository.prefix for repository in repositories)
    if os.environ.get("MOZ_FETCHES"):
        fetch_artifacts()
    for repository in repositories:
        install_requirements(repository)


def say_what_would_be_done(repositories: Sequence[Repository], command: Sequence[str]) -> None:
    """Write the steps to the log."""
    for repository in repositories:
        what = repository.revision or repository.ref
        log("dry-run", f"check out {what} of {repository.head} into {repository.path}")
    if os.environ.get("MOZ_FETCHES"):
        for each in json.loads(os.environ["MOZ_FETCHES"]):
            log("dry-run", f"fetch {each['artifact']} of {each['task']}")
    log("dry-run", f"run {shlex.join(command)}")


def known_repositories() -> dict[str, str]:
    """Prefix -> name of every repository of the task."""
    try:
        known = json.loads(os.environ.get("REPOSITORIES") or '{"vcs": "repository"}')
    except ValueError as error:
        raise FailedError("REPOSITORIES is not a JSON mapping of prefix to name", 2) from error
    if not isinstance(known, dict):
        raise FailedError("REPOSITORIES is not a JSON mapping of prefix to name", 2)
    return known


def main(words: Sequence[str]) -> int:
    """Prepare, run the command, give its exit status."""
    os.environ["TASK_WORKDIR"] = os.getcwd()
    os.environ.setdefault("GIT_TERMINAL_PROMPT", "0")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    try:
        known = known_repositories()
        options, command = arguments(words, known)
        found = [repository_of(prefix, name, options) for prefix, name in known.items()]
        # A checkout inside another comes after it.
        repositories = sorted(filter(None, found), key=lambda each: Path(each.path).parts)
        if options.dry_run:
            say_what_would_be_done(repositories, command)
            return 0
        if not command:
            raise FailedError("no command: it stands behind `--`", 2)
        prepare(options, repositories)
        log(TASK, f"executing {shlex.join(command)}")
        return run(TASK, command, options.task_cwd)
    except FailedError as error:
        log("setup", f"error: {error}")
        return error.status
    except OSError as error:
        log("setup", f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "))
        return 1
    except StoppedError as stopped:
        log("setup", f"error: stopped by signal {stopped.number} before the command ran")
        return 128 + stopped.number


def script() -> NoReturn:
    """Run with the words of the command line."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    script()
