"""Takes the working tree, gives a git repository with the previous release and this one.

Uncommitted changes are included. The same tree gives the same commits.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.load.vcs import committable_files
from relpro.rehearsal.manifest import FILE, Manifest
from relpro.workers.keys import Keys

#: Author and date of the commits.
_WHO: Mapping[str, str] = {
    **{f"GIT_{who}_NAME": "Rehearsal" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "rehearsal@example.com" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


@attrs.frozen
class Source:
    """A bare repository, with the revisions of the previous release, if any, and of this one."""

    repository: Path
    previous: str
    revision: str


def make_source(root: Path, folder: Path, manifest: Manifest, branch: str, keys: Keys) -> Source:
    """Make `folder`/repository.git from the tree at `root`, and a checkout beside it.

    Raises `RelproError` (U813) if the tree of the previous release cannot be made.
    """
    work, bare = folder / "checkout", folder / "repository.git"
    for path in (work, bare):
        shutil.rmtree(path, ignore_errors=True)
    work.mkdir(parents=True)
    _git(work, "init", "--quiet", "--initial-branch", branch)
    files = tuple(_files(root))
    previous = ""
    if manifest.previous:
        _fill(root, files, work, manifest.keys, keys)
        _undo(work, manifest)
        previous = _commit(work, f"Release {manifest.previous.version}")
        for file in _listed(work, "ls-files", "-z"):
            (work / file).unlink()
    _fill(root, files, work, manifest.keys, keys)
    revision = _commit(work, "What is rehearsed")
    _git(folder, "clone", "--quiet", "--bare", str(work), str(bare))
    return Source(bare, previous, revision)


def _files(root: Path) -> Iterable[str]:
    """The files of the tree; with git, all files that are not ignored."""
    found = committable_files(root)
    if found is None:
        found = tuple(one.relative_to(root).as_posix() for one in root.rglob("*") if one.is_file())
    return sorted(file for file in found if (root / file).is_file())


def _fill(
    root: Path, files: Iterable[str], work: Path, places: Mapping[str, str], keys: Keys
) -> None:
    for file in files:
        (work / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / file, work / file)
    for name, place in places.items():
        held, target = _below(keys.folder / "signing", name), _below(work, place)
        if held is None or not held.is_file():
            what = f"there is no key `{name}`"
            remedy = "name a certificate and a file of it, such as `release-signing/mar.pub`"
            raise RelproError(Diagnostic("U813", what, (Origin(FILE),), remedy=remedy))
        if target is None:
            what = f"key `{name}` would be written to `{place}`, which is not in the tree"
            raise RelproError(Diagnostic("U813", what, (Origin(FILE),)))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(held, target)


def _below(folder: Path, name: str) -> Path | None:
    """The path of a name in a folder; None if it leads out of it."""
    path = (folder / name).resolve()
    return path if folder.resolve() in path.parents else None


def _undo(work: Path, manifest: Manifest) -> None:
    """Turn a tree into that of the previous release."""
    assert manifest.previous
    if patch := manifest.previous.patch:
        done = _tried(work, "apply", "--", patch)
        if done.returncode:
            what = f"`{patch}` does not make the tree of {manifest.previous.version}"
            why = done.stderr.strip()
            remedy = "make it anew: `git diff` from this tree to that one"
            raise RelproError(Diagnostic("U813", what, (Origin(FILE),), why=why, remedy=remedy))


def _commit(work: Path, message: str) -> str:
    _git(work, "add", "--all", "--force")
    _git(work, "commit", "--quiet", "--allow-empty", "--message", message)
    return _git(work, "rev-parse", "HEAD").strip()


def _listed(folder: Path, *words: str) -> list[str]:
    return [name for name in _git(folder, *words).split("\0") if name]


def _git(folder: Path, *words: str) -> str:
    done = _tried(folder, *words)
    if done.returncode:
        what = f"`git {words[0]}` fails in `{folder}`: {done.stderr.strip()}"
        raise RelproError(Diagnostic("U813", what))
    return done.stdout


def _tried(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, **_WHO}
    return subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, env=env, check=False
    )
