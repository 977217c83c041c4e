#!/usr/bin/env python3
"""Downloads what a task needs, verifies it, and unpacks it or makes an archive of it.

    fetch-content task-artifacts [-d FOLDER]
    fetch-content static-url --sha256 SUM --size BYTES [--gpg-sig-url URL --gpg-key-env NAME]
                  [--strip-components N] [--add-prefix PREFIX] [-H HEADER] URL DEST
    fetch-content git-checkout-archive [--path-prefix PREFIX] [--include-dot-git]
                  [--ssh-key-secret NAME] REPOSITORY COMMIT DEST

`task-artifacts` downloads what `MOZ_FETCHES` lists (JSON: task, artifact, extract, dest, sha256,
verify-hash) into `MOZ_FETCHES_DIR`: public artifacts from the queue at `TASKCLUSTER_ROOT_URL`,
others through the task's proxy at `TASKCLUSTER_PROXY_URL`.

A download that is cut goes on where it was cut. A file appears under its name when it is whole and
its sum is right; an archive is unpacked when all of its members stay inside the folder. Archives
are made with the same bytes for the same content: members in order, no owners, no times of today.

Exit status: 0, or 1 with the reason in the last line; 2 for wrong arguments; 128 and the number of
the signal that stopped it, with nothing left half-made.

Standard library only, Python 3.8 and later. Archives `.zst` need the program `zstd`.
"""

from __future__ import annotations

import argparse
import bz2
import concurrent.futures
import contextlib
import gzip
import hashlib
import http.client
import json
import lzma
import os
import posixpath
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import IO, Any, Iterator, NamedTuple, NoReturn, Sequence, cast

ATTEMPTS = 5
#: Downloads at one time.
AT_ONCE = 8
CHUNK = 1 << 20
#: Seconds that a server may be silent.
PATIENCE = 60
#: Time of the members of an archive that no revision gives a time: reproducible, and after 1980,
#: where zip begins.
NO_TIME = 315619200
#: The word by which this program calls itself to remove what a signal left half-made.
STOPPED = "--stopped"


class FailedError(Exception):
    """Something went wrong; the message is the last line of the log."""


class WrongContentError(FailedError):
    """What was downloaded has another size or sum."""


def log(text: str) -> None:
    """Write a line to stderr, at once."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def without_secrets(address: str) -> str:
    """An address as it may be logged: no user, no password, no query (it may hold a signature)."""
    parts = urllib.parse.urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


#: Held while a child or something half-made begins; `stop` takes it for good: nothing begins then.
BEGINNING = threading.RLock()
#: What must not stay where a signal ends the program: files and folders that are not done.
HALF_MADE: set[str] = set()
#: The programs that run for this one.
CHILDREN: set[subprocess.Popen[bytes]] = set()


@contextlib.contextmanager
def half_made(path: Path) -> Iterator[None]:
    """While entered, a file or folder is not done; afterwards it is gone, or has its own name."""
    with BEGINNING:
        HALF_MADE.add(str(path))
    try:
        yield
    finally:
        forget(path)
        HALF_MADE.discard(str(path))


def forget(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(str(path), ignore_errors=True)
        return
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


@contextlib.contextmanager
def workplace(parent: Path, prefix: str = ".fetching-") -> Iterator[Path]:
    """A new folder in another, gone afterwards; what is made there can be moved: one disk."""
    with contextlib.ExitStack() as entered:
        with BEGINNING:
            work = Path(tempfile.mkdtemp(prefix=prefix, dir=str(parent)))
            entered.enter_context(half_made(work))
        yield work


@contextlib.contextmanager
def child(*command: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program, with the options of `Popen`; it has ended afterwards. Raises `OSError`."""
    with BEGINNING:
        process = subprocess.Popen(command, **options)
        CHILDREN.add(process)
    try:
        with process:
            yield process
    finally:
        CHILDREN.discard(process)


def output_of(*command: str, given: bytes = b"", **options: Any) -> tuple[int, str, str]:
    """Run a program to its end; give its exit status, stdout and stderr. Raises `OSError`."""
    pipe = subprocess.PIPE
    with child(*command, stdin=pipe, stdout=pipe, stderr=pipe, **options) as process:
        told, said = process.communicate(given)
    return process.returncode, told.decode("utf-8", "replace"), said.decode("utf-8", "replace")


def stop(number: int, _frame: object) -> NoReturn:
    """End with nothing left half-made.

    Other threads would go on writing below what is removed here. So this process becomes another
    program, which ends them all at once, and that program removes what is left.
    """
    BEGINNING.acquire()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    for process in list(CHILDREN):
        process.terminate()
    command = [sys.executable, "-I", os.path.abspath(__file__), STOPPED, str(number), *HALF_MADE]
    if os.name == "nt":  # where no program can take another's place
        os._exit(subprocess.call(command))
    os.execv(sys.executable, command)  # noqa: S606 - the shell is what is not wanted


def stopped(number: int, paths: Sequence[str]) -> int:
    """Remove what a signal left half-made once the children have ended; give the exit status."""
    with contextlib.suppress(ChildProcessError):
        while os.name != "nt":
            os.wait()
    for path in paths:
        forget(Path(path))
    log(f"error: stopped by signal {number}")
    return 128 + number


def retry_delay() -> float:
    """Seconds before the second attempt; twice as many before each further one."""
    return float(os.environ.get("FETCH_RETRY_DELAY", "5"))


# Downloads


class Wanted(NamedTuple):
    """What is downloaded: from where, with which sum (hexadecimal SHA-256) and size in bytes."""

    url: str
    sha256: str | None = None
    size: int | None = None
    headers: tuple[str, ...] = ()


def download(wanted: Wanted, path: Path) -> None:
    """Download to `path`, which appears when it is whole and right. Raises `FailedError`."""
    partial = _Partial(path.with_name(f".{path.name}.partial"))
    shown = without_secrets(wanted.url)
    with half_made(partial.path):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                _receive(wanted, partial)
                _verify(wanted, partial.path, shown)
                os.replace(str(partial.path), str(path))
            except _ForGoodError as error:
                raise FailedError(f"{shown}: {error}") from error
            except (OSError, http.client.HTTPException) as error:
                if isinstance(error, OSError) and error.errno and not _is_network(error):
                    raise FailedError(f"{path}: {error.strerror}") from error
                if attempt == ATTEMPTS:
                    raise FailedError(f"{shown}: {error} ({ATTEMPTS} attempts)") from error
                log(f"{shown}: {error}; attempt {attempt} of {ATTEMPTS}, once more")
                time.sleep(retry_delay() * 2 ** (attempt - 1))
            else:
                return


class _Partial:
    """What has come of a file so far, and what tells this version of it from another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.validator = ""


class _ForGoodError(Exception):
    """The server's answer will be the same next time."""


class _CutError(OSError):
    """The server ended before all had come."""


def _is_network(error: OSError) -> bool:
    return isinstance(error, (ConnectionError, TimeoutError, urllib.error.URLError, _CutError))


def _receive(wanted: Wanted, partial: _Partial) -> None:
    """Receive what is missing of a file."""
    path = partial.path
    have = path.stat().st_size if partial.validator and path.exists() else 0
    with _ask(wanted, partial, have) as answer:
        resumed = have and answer.status == 206
        got = have if resumed else 0
        _demand_size(wanted, answer.headers.get("Content-Length"), got)
        partial.validator = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        with path.open("ab" if resumed else "wb") as file:
            for chunk in iter(lambda: answer.read(CHUNK), b""):
                got += len(chunk)
                if wanted.size is not None and got > wanted.size:
                    raise WrongContentError(f"{without_secrets(wanted.url)}: too long")
                file.write(chunk)
        left = answer.length
    if left:
        raise _CutError(f"the connection ended {left} bytes before the end")


def _ask(wanted: Wanted, partial: _Partial, have: int) -> Any:
    """Ask for a file from byte `have` on; raise `_CutError` where asking again may help."""
    request = urllib.request.Request(wanted.url)
    for header in wanted.headers:
        name, _, value = header.partition(":")
        request.add_header(name.strip(), value.strip())
    if have:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", partial.validator)
    try:
        return urllib.request.urlopen(request, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # what has come is longer than what there is
            partial.validator = ""
        if error.code in (408, 416, 425, 429) or error.code >= 500:
            raise _CutError(f"the server answers {error.code}") from error
        raise _ForGoodError(f"the server answers {error.code}") from error


def _demand_size(wanted: Wanted, announced: str | None, have: int) -> None:
    if wanted.size is not None and announced and have + int(announced) != wanted.size:
        raise WrongContentError(
            f"{without_secrets(wanted.url)}: {have + int(announced)} bytes, not {wanted.size}"
        )


def _verify(wanted: Wanted, path: Path, shown: str) -> None:
    size = path.stat().st_size
    if wanted.size is not None and size != wanted.size:
        raise WrongContentError(f"{shown}: {size} bytes, not {wanted.size}")
    if wanted.sha256 is None:
        return
    found = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            found.update(chunk)
    if found.hexdigest() != wanted.sha256.lower():
        raise WrongContentError(f"{shown}: SHA-256 {found.hexdigest()}, not {wanted.sha256}")


# Archives


SUFFIXES = {
    ".tar": "",
    ".tar.gz": "gz",
    ".tgz": "gz",
    ".tar.bz2": "bz2",
    ".tbz2": "bz2",
    ".tar.xz": "xz",
    ".txz": "xz",
    ".tar.zst": "zst",
}


def compression_of(path: Path) -> str | None:
    """How a tar archive is compressed, by its name; None where it is no tar archive."""
    for suffix, compression in SUFFIXES.items():
        if path.name.endswith(suffix):
            return compression
    return None


def is_archive(path: Path) -> bool:
    """Whether a file is an archive that `unpack` unpacks, by its name."""
    return path.name.endswith(".zip") or compression_of(path) is not None


def unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive into a folder, all or nothing, then take the archive away.

    Raises `FailedError` for a member that would leave the folder, and for one that is neither
    file, folder nor link.
    """
    log(f"unpacking {archive.name}")
    with workplace(folder, ".unpacking-") as work:
        try:
            if archive.name.endswith(".zip"):
                _unpack_zip(archive, work)
            else:
                with reading(archive) as stream:
                    _unpack_tar(stream, work, archive.name)
            _merge(work, folder)
            archive.unlink()
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, lzma.LZMAError, OSError) as error:
            raise FailedError(f"{archive.name} cannot be unpacked: {error}") from error


def _inside(name: str, archive: str) -> str:
    """The name of a member below the folder. Raises `FailedError` where it would leave it."""
    plain = posixpath.normpath(name.replace("\\", "/"))
    if plain.startswith(("/", "../")) or plain == ".." or (len(plain) > 1 and plain[1] == ":"):
        raise FailedError(f"{archive}: member `{name}` would leave the folder")
    return plain


def _target(name: str, target: str, archive: str) -> str:
    """Where a link leads. Raises `FailedError` where that may be outside of the folder.

    `..` stands at the beginning alone: behind the name of another link it would leave what that
    leads to, and not what its name says.
    """
    _inside(posixpath.join(posixpath.dirname(name), target), archive)
    parts = target.replace("\\", "/").split("/")
    up = next((at for at, part in enumerate(parts) if part not in ("..", ".", "")), len(parts))
    if ".." in parts[up:]:
        raise FailedError(f"{archive}: member `{name}` is a link that may leave the folder")
    return target


def _unpack_tar(stream: IO[bytes], work: Path, archive: str) -> None:
    links: list[tuple[Path, str]] = []
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            name = _inside(member.name, archive)
            path = work / name
            if member.isdir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            if member.issym():
                links.append((path, _target(name, member.linkname, archive)))
            elif member.islnk():
                shutil.copy2(str(work / _inside(member.linkname, archive)), str(path))
            elif member.isreg():
                source = tar.extractfile(member)
                assert source is not None
                _write(source, path, member.mode)
            else:
                raise FailedError(
                    f"{archive}: member `{member.name}` is not a file, folder or link"
                )
    _make_links(links)


def _unpack_zip(archive: Path, work: Path) -> None:
    links: list[tuple[Path, str]] = []
    with zipfile.ZipFile(str(archive)) as held:
        for member in held.infolist():
            name = _inside(member.filename, archive.name)
            path = work / name
            if member.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            mode = member.external_attr >> 16
            if stat.S_ISLNK(mode):
                target = held.read(member).decode("utf-8")
                links.append((path, _target(name, target, archive.name)))
                continue
            with held.open(member) as source:
                _write(source, path, stat.S_IMODE(mode))
    _make_links(links)


def _make_links(links: list[tuple[Path, str]]) -> None:
    """Links come last, so that no member is written through one."""
    for path, target in links:
        if os.path.lexists(str(path)):
            path.unlink()
        path.symlink_to(target)


def _write(source: IO[bytes], path: Path, mode: int) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(source, file, CHUNK)
    if mode:
        path.chmod(mode & 0o755 | 0o600)


def _merge(source: Path, target: Path) -> None:
    for entry in sorted(source.iterdir()):
        into = target / entry.name
        if into.is_symlink():  # what an earlier archive linked elsewhere is not written through
            into.unlink()
        if entry.is_dir() and not entry.is_symlink() and into.is_dir():
            _merge(entry, into)
        else:
            os.replace(str(entry), str(into))


@contextlib.contextmanager
def reading(archive: Path) -> Iterator[IO[bytes]]:
    """The bytes of a tar archive, decompressed."""
    compression = compression_of(archive)
    if compression == "zst":
        with archive.open("rb") as file, _zstd("-dc", stdin=file) as process:
            assert process.stdout is not None
            yield process.stdout
            return
    openers: dict[str, Any] = {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open, "": open}
    with openers[compression or ""](str(archive), "rb") as file:
        yield file


@contextlib.contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file that is compressed as its name says, with the same bytes each time."""
    compression = compression_of(path)
    with path.open("wb") as raw:
        if compression == "zst":
            with _zstd("-T0", "-10", "-c", stdin=subprocess.PIPE, stdout=raw) as process:
                assert process.stdin is not None
                yield process.stdin
                process.stdin.close()
        elif compression == "gz":
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as zipped:
                yield cast(IO[bytes], zipped)
        elif compression in ("bz2", "xz"):
            module: Any = {"bz2": bz2, "xz": lzma}[compression]
            with module.open(raw, "wb") as file:
                yield file
        else:
            yield raw


@contextlib.contextmanager
def _zstd(
    *options: str, stdin: Any, stdout: Any = subprocess.PIPE
) -> Iterator[subprocess.Popen[bytes]]:
    with contextlib.ExitStack() as entered:
        zstd = child("zstd", "-q", *options, stdin=stdin, stdout=stdout)
        try:
            process = entered.enter_context(zstd)
        except FileNotFoundError as error:
            raise FailedError("this machine has no `zstd`, which archives .zst need") from error
        yield process
        if process.stdout is not None:
            process.stdout.read()
    if process.returncode:
        raise FailedError(f"zstd ended with {process.returncode}")


def pack(folder: Path, names: Sequence[str], path: Path, prefix: str, when: int) -> None:
    """Make a tar archive of the files `names` below a folder. `when` is their time, in seconds."""
    partial = path.with_name(f".partial-{path.name}")
    with half_made(partial):
        with writing(partial) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
            for name in sorted(names):
                member = tar.gettarinfo(str(folder / name), arcname=prefix + name)
                member.uid = member.gid = 0
                member.uname = member.gname = ""
                member.mtime = when
                member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
                if member.isreg():
                    with (folder / name).open("rb") as file:
                        tar.addfile(member, file)
                else:
                    tar.addfile(member)
        os.replace(str(partial), str(path))


def files_below(folder: Path) -> list[str]:
    """Every file and link below a folder, by its path from there."""
    found = []
    for where, folders, files in os.walk(str(folder)):
        linked = [name for name in folders if os.path.islink(os.path.join(where, name))]
        found += [Path(where, name).relative_to(folder).as_posix() for name in files + linked]
    return found


# Commands


class Fetch(NamedTuple):
    """One entry of `MOZ_FETCHES`."""

    task: str
    artifact: str
    extract: bool
    folder: Path
    sha256: str | None


def _fetches(dest: Path) -> list[Fetch]:
    try:
        listed = json.loads(os.environ["MOZ_FETCHES"])
        fetches = [
            Fetch(
                each["task"],
                each["artifact"],
                each.get("extract", True),
                Path(os.path.normpath(str(dest / each.get("dest", "")))),
                _recorded_sum(each) if each.get("verify-hash") else each.get("sha256"),
            )
            for each in listed
        ]
    except KeyError as error:
        raise FailedError(f"MOZ_FETCHES, or an entry of it, lacks {error}") from error
    except (TypeError, ValueError) as error:
        raise FailedError(f"MOZ_FETCHES is not a JSON list of fetches: {error}") from error
    for fetch in fetches:
        if dest.resolve() not in (fetch.folder.resolve(), *fetch.folder.resolve().parents):
            raise FailedError(f"`dest` of {fetch.artifact} would leave {dest}")
    return fetches


def _environment(name: str) -> str:
    try:
        return os.environ[name].rstrip("/")
    except KeyError:
        raise FailedError(f"{name} is not set") from None


def artifact_url(task: str, artifact: str) -> str:
    """Where an artifact is: at the queue, or behind the proxy where it is not public."""
    base = "TASKCLUSTER_ROOT_URL" if artifact.startswith("public/") else "TASKCLUSTER_PROXY_URL"
    name = urllib.parse.quote(artifact)
    return f"{_environment(base)}/api/queue/v1/task/{task}/artifacts/{name}"


def _recorded_sum(each: dict[str, Any]) -> str:
    """The sum that the task's Chain of Trust artifact records."""
    url = artifact_url(each["task"], "public/chain-of-trust.json")
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            recorded: str = json.load(answer)["artifacts"][each["artifact"]]["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise FailedError(
            f"the sum of {each['artifact']} of {each['task']} is not recorded: {error}"
        ) from error
    return recorded


def _fetch_one(fetch: Fetch) -> None:
    fetch.folder.mkdir(parents=True, exist_ok=True)
    path = fetch.folder / posixpath.basename(fetch.artifact)
    began = time.monotonic()
    download(Wanted(artifact_url(fetch.task, fetch.artifact), fetch.sha256), path)
    size = path.stat().st_size
    log(f"{fetch.task} {fetch.artifact}: {size} bytes in {time.monotonic() - began:.1f} s")
    if fetch.extract and is_archive(path):
        unpack(path, fetch.folder)


def task_artifacts(options: argparse.Namespace) -> None:
    """Download all that `MOZ_FETCHES` lists, some at a time."""
    dest = options.dest or os.environ.get("MOZ_FETCHES_DIR")
    if not dest:
        raise FailedError("neither --dest nor MOZ_FETCHES_DIR says where to")
    fetches = _fetches(Path(dest))
    Path(dest).mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as threads:
        futures = [threads.submit(_fetch_one, fetch) for fetch in fetches]
        concurrent.futures.wait(futures, return_when="FIRST_EXCEPTION")
        for future in futures:
            future.cancel()
    for future in futures:
        if not future.cancelled():
            future.result()


def static_url(options: argparse.Namespace) -> None:
    """Download a file, verify it, and give it the name and form that is wanted."""
    dest = Path(options.dest)
    dest.parent.mkdir(parents=True, exist_ok=True)
    wanted = Wanted(options.url, options.sha256, options.size, tuple(options.headers))
    with workplace(dest.parent) as work:
        path = work / (posixpath.basename(urllib.parse.urlsplit(options.url).path) or dest.name)
        download(wanted, path)
        if options.gpg_sig_url:
            _verify_gpg(options, path, work)
        if options.strip_components or options.add_prefix or _other_form(path, dest):
            _repack(path, dest, options.strip_components, options.add_prefix, work)
        else:
            os.replace(str(path), str(dest))


def _other_form(path: Path, dest: Path) -> bool:
    return is_archive(path) and is_archive(dest) and _form(path) != _form(dest)


def _form(path: Path) -> str | None:
    return "zip" if path.name.endswith(".zip") else compression_of(path)


def _repack(path: Path, dest: Path, strip: int, prefix: str, work: Path) -> None:
    if not is_archive(path) or compression_of(dest) is None:
        raise FailedError(f"{path.name} cannot be repacked as {dest.name}")
    folder = work / "content"
    folder.mkdir()
    unpack(path, folder)
    names = files_below(folder)
    short = [name for name in names if name.count("/") < strip]
    if short:
        raise FailedError(f"{path.name}: `{short[0]}` has fewer than {strip} folders above it")
    stripped = work / "stripped"
    for name in names:
        into = stripped / name.split("/", strip)[-1]
        into.parent.mkdir(parents=True, exist_ok=True)
        os.replace(str(folder / name), str(into))
    pack(stripped, files_below(stripped), dest, prefix, NO_TIME)


def _verify_gpg(options: argparse.Namespace, path: Path, work: Path) -> None:
    """Verify a detached signature with the key that a variable of the environment holds."""
    key = os.environ.get(options.gpg_key_env or "")
    if not key:
        raise FailedError("--gpg-key-env names no variable that holds a key")
    signature = work / "signature"
    download(Wanted(options.gpg_sig_url), signature)
    try:
        # A short path: gpg puts sockets there.
        with workplace(Path(tempfile.gettempdir()), "gpg-") as home:
            gpg = ("gpg", "--homedir", str(home), "--batch", "--quiet", "--no-autostart")
            status, _, said = output_of(*gpg, "--import", given=key.encode())
            if not status:
                status, _, said = output_of(*gpg, "--verify", str(signature), str(path))
    except FileNotFoundError as error:
        raise FailedError("this machine has no `gpg`, which the signature needs") from error
    if status:
        last = said.strip().splitlines()[-1:]
        raise FailedError(f"the signature of {path.name} is not good: {last}")


def git_checkout_archive(options: argparse.Namespace) -> None:
    """Make an archive of one commit of a repository, submodules included."""
    dest = Path(options.dest)
    dest.parent.mkdir(parents=True, exist_ok=True)
    if compression_of(dest) is None:
        raise FailedError(f"{dest.name}: the name must end in one of {', '.join(SUFFIXES)}")
    name = posixpath.basename(options.repository.rstrip("/"))
    prefix = options.path_prefix or (name[:-4] if name.endswith(".git") else name)
    with workplace(dest.parent) as work:
        tree = work / "tree"
        tree.mkdir()
        with _ssh_key(options.ssh_key_secret, work):
            _check_out(options.repository, options.commit, tree)
        when = int(_git(tree, "show", "-s", "--format=%ct", "HEAD"))
        names = files_below(tree)
        if not options.include_dot_git:
            names = [name for name in names if ".git" not in name.split("/")]
        pack(tree, names, dest, f"{prefix.strip('/')}/", when)


def _check_out(repository: str, commit: str, tree: Path) -> None:
    _git(tree, "init", "--quiet")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            try:
                _git(tree, "fetch", "--no-tags", "--depth=1", "--", repository, commit)
            except FailedError:  # servers may give branches and tags only
                _git(tree, "fetch", "--", repository, "+refs/*:refs/fetched/*")
            break
        except FailedError as error:
            if attempt == ATTEMPTS:
                raise
            log(f"{error}; attempt {attempt} of {ATTEMPTS}, once more")
            time.sleep(retry_delay() * 2 ** (attempt - 1))
    _git(tree, "checkout", "--quiet", "--detach", commit)
    _git(tree, "submodule", "--quiet", "update", "--init", "--recursive", "--depth=1")


def _git(tree: Path, *arguments: str) -> str:
    environment = {"GIT_TERMINAL_PROMPT": "0", **os.environ}
    status, told, said = output_of("git", *arguments, cwd=str(tree), env=environment)
    if status:
        last = said.strip().splitlines()[-1:] or ["failed"]
        address = without_secrets(arguments[-2]) if arguments[0] == "fetch" else ""
        raise FailedError(f"git {arguments[0]} {address}: {last[0]}")
    return told.strip()


@contextlib.contextmanager
def _ssh_key(secret: str | None, work: Path) -> Iterator[None]:
    """While entered, git uses the key `ssh_privkey` of a secret, had through the task's proxy."""
    if not secret:
        yield
        return
    url = f"{_environment('TASKCLUSTER_PROXY_URL')}/api/secrets/v1/secret/"
    try:
        quoted = urllib.parse.quote(secret, safe="")
        with urllib.request.urlopen(url + quoted, timeout=PATIENCE) as answer:
            held = json.load(answer)["secret"]["ssh_privkey"]
    except (OSError, ValueError, KeyError) as error:
        raise FailedError(f"the secret `{secret}` cannot be had: {error}") from error
    key = work / "key"
    with open(os.open(str(key), os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(held.rstrip("\n") + "\n")
    os.environ["GIT_SSH_COMMAND"] = (
        f"ssh -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new -i {key}"
    )
    try:
        yield
    finally:
        del os.environ["GIT_SSH_COMMAND"]


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    result = argparse.ArgumentParser(prog="fetch-content", allow_abbrev=False)
    commands = result.add_subparsers(title="commands", required=True)
    artifacts = commands.add_parser("task-artifacts", help="what MOZ_FETCHES lists")
    artifacts.set_defaults(does=task_artifacts)
    artifacts.add_argument("-d", "--dest", metavar="FOLDER")
    url = commands.add_parser("static-url", help="one file")
    url.set_defaults(does=static_url)
    url.add_argument("--sha256", required=True)
    url.add_argument("--size", type=int, required=True, help="in bytes")
    url.add_argument("--gpg-sig-url", help="address of a detached signature")
    url.add_argument("--gpg-key-env", help="name of the variable that holds the public key")
    url.add_argument("--strip-components", type=int, default=0, help="folders to leave out")
    url.add_argument("--add-prefix", default="", help="what names of members begin with")
    url.add_argument("-H", "--header", dest="headers", action="append", default=[])
    url.add_argument("url")
    url.add_argument("dest")
    git = commands.add_parser("git-checkout-archive", help="one commit of a repository")
    git.set_defaults(does=git_checkout_archive)
    git.add_argument("--path-prefix")
    git.add_argument("--include-dot-git", action="store_true")
    git.add_argument("--ssh-key-secret")
    git.add_argument("repository")
    git.add_argument("commit")
    git.add_argument("dest")
    return result


def main(words: Sequence[str]) -> int:
    """Do what the words say; give the exit status."""
    if words[:1] == [STOPPED]:
        return stopped(int(words[1]), words[2:])
    options = parser().parse_args(words)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        options.does(options)
    except FailedError as error:
        log(f"error: {error}")
        return 1
    except OSError as error:
        log(f"error: {error.filename or ''} {error.strerror or error}")
        return 1
    return 0


def script() -> NoReturn:
    """Run with the words of the command line."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    script()
