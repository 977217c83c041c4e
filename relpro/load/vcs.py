"""Takes a checkout, gives the parameters that come from version control."""

import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs

from relpro.errors import Diagnostic, Origin, RelproError

_FORMAT = "%H%n%ct%n%ae%n%D"

#: The full id of a commit, which always names the same commit.
FULL_REVISION = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

#: The first second of the year 10000, which has no date with a four-digit year.
END_OF_TIME = 253_402_300_800

#: The output of `git log` must not depend on the settings of this machine: `log.showSignature` adds
#: lines, `i18n.logOutputEncoding` and `log.excludeDecoration` change them.
_LOG = (
    *("log", "-1", "--no-show-signature", "--encoding=UTF-8"),
    *("--decorate-refs=HEAD", "--decorate-refs=refs/heads/"),
)
#: Lists every path that differs, whatever settings or a `.gitmodules` make git omit or prefix.
_DIFF = (
    *("diff-tree", "-r", "-z", "--name-only", "--no-renames"),
    *("--ignore-submodules=none", f"-O{os.devnull}"),
)


def checkout_parameters(root: Path) -> Mapping[str, Any]:
    """Parameters from the git checkout at `root`; none if it is no checkout.

    Dates are those of the commit, not the current date, so that one commit always gives one graph.
    Raises `RelproError` (P501) if the commit has no valid date.
    """
    log = _git(root, *_LOG, f"--format={_FORMAT}")
    if log is None:
        return {}
    revision, said, author, *refs = log.split("\n")
    date = _date(said, revision)
    branch = _branch(refs[0] if refs else "")
    remote = repository_address(root)
    return {
        "head_rev": revision,
        "base_rev": revision,
        "head_ref": branch,
        "base_ref": branch,
        "head_repository": remote,
        "base_repository": remote,
        "build_date": date,
        "pushdate": date,
        "moz_build_date": time.strftime("%Y%m%d%H%M%S", time.gmtime(date)),
        "owner": author,
        "repository_type": "git",
        "project": remote.rstrip("/").rpartition("/")[2] or root.resolve().name,
    }


def _date(said: str, revision: str) -> int:
    """The date of a commit, in seconds since 1970. Its author may have written any number."""
    if said.isdecimal() and int(said) < END_OF_TIME:
        return int(said)
    what = f"commit {revision} has `{said}` for its date, which is none"
    remedy = "make the commit again, or give parameters that say `head_rev` and the dates"
    raise RelproError(Diagnostic("P501", what, (Origin("git"),), remedy=remedy))


def repository_address(root: Path) -> str:
    """The URL from which a checkout was cloned; an example URL if it has none."""
    name = root.resolve().name
    return _https(_git(root, "remote", "get-url", "origin") or "", name)


@attrs.frozen
class Changes:
    """The files changed by a push or pull request.

    `files` are sorted; None if they are unknown, so that every file counts as changed. `assumed`
    says what was compared instead of the revisions of the event, or why nothing was; otherwise it
    is empty.
    """

    files: tuple[str, ...] | None
    assumed: str = ""


def files_changed(root: Path, base: str, head: str) -> Changes:
    """The files that differ between `head` and the merge base of `head` and `base`.

    Changes that others merged meanwhile are not changes of this branch. If `base` is no commit here
    (the null revision of a new branch, a commit removed by a force-push, one beyond a shallow
    clone, or an empty text), it is replaced by the merge base with the default branch of `origin`.
    """
    tip = full_revision(root, head)
    if tip is None:
        return Changes(None, f"git does not know revision `{head}`: every file counts as changed")
    known = full_revision(root, base) if base.strip("0") else None
    fork = known and _merge_base(root, known, tip)
    if fork:
        moved = f"changes are counted since {fork}, where the branch and its base `{base}` part"
        return _differing(root, fork, tip, "" if fork == known else moved)
    why = _without_base(base)
    default = full_revision(root, "refs/remotes/origin/HEAD")
    fork = default and _merge_base(root, default, tip)
    if not fork or fork == tip:
        where = "it is on the default branch itself" if fork else "no default branch is here"
        return Changes(None, f"{why}, and {where}: every file counts as changed")
    since = f"{why}: changes are counted since {fork} of the default branch"
    return _differing(root, fork, tip, since)


def _without_base(base: str) -> str:
    if not base:
        return "no base revision is named"
    return f"git does not know the base `{base}`" if base.strip("0") else "the branch is new"


@attrs.frozen
class Tracked:
    """The files that git tracks, sorted, by their paths from the top of the repository.

    `prefix` is the path from there to the project's folder; it ends in `/`, or is empty.
    """

    files: tuple[str, ...]
    prefix: str = ""


def tracked_files(root: Path) -> Tracked | None:
    """The files of the repository that holds the project at `root`; None if git cannot list them.

    Files that a sparse checkout leaves out are included.
    """
    # `:/` is the top of the repository; with `-z`, names are not quoted.
    names = _listed(root, "ls-files", "-z", "--full-name", "--", ":/")
    prefix = _git(root, "rev-parse", "--show-prefix")
    return None if names is None or prefix is None else Tracked(names, prefix)


def top_of(root: Path) -> Path | None:
    """The top of the repository that contains the project at `root`; None without git."""
    top = _git(root, "rev-parse", "--show-toplevel")
    return Path(top) if top else None


def skipped_files(root: Path, folders: Sequence[str]) -> tuple[str, ...]:
    """The files in some folders of `root` that git tracks and a sparse checkout leaves out."""
    # With `-t`, `S` marks files that have the skip-worktree bit.
    listed = _listed(root, "ls-files", "-z", "-t", "--", *folders) or ()
    return tuple(line[2:] for line in listed if line.startswith("S "))


def full_revision(root: Path, name: str) -> str | None:
    """The 40-digit id of the commit that a revision or ref names; None if there is none.

    git takes `name` only as a revision, never as an option.
    """
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    found = _git(root, *asked)
    # For `^main` git prints `^` and the id of the excluded commit.
    return found if found and FULL_REVISION.fullmatch(found) else None


def is_on_branch(root: Path, commit: str, branch: str) -> bool | None:
    """Whether a branch of `origin`, given by name, contains a commit; None if git cannot say."""
    tip = full_revision(root, f"refs/remotes/origin/{branch.removeprefix('refs/heads/')}")
    fork = tip and _merge_base(root, commit, tip)
    return fork == commit if tip and full_revision(root, commit) else None


def _merge_base(root: Path, one: str, other: str) -> str | None:
    return _git(root, "merge-base", one, other)


def _differing(root: Path, base: str, head: str, assumed: str) -> Changes:
    names = _listed(root, *_DIFF, base, head, "--")
    if names is None:
        return Changes(None, f"git cannot compare {base} with {head}: every file counts as changed")
    return Changes(names, assumed)


def commit_message(root: Path, revision: str) -> str:
    """The message of a commit; empty if git cannot read it."""
    commit = full_revision(root, revision)
    return (commit and _git(root, *_LOG, "--format=%B", commit, "--")) or ""


def committable_files(root: Path) -> tuple[str, ...] | None:
    """The paths below `root` that git tracks or would add; None if `root` is no checkout."""
    said = _said(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if said is None:
        return None
    # Decoded as file names are: a name that is not UTF-8 is kept.
    return tuple(dict.fromkeys(os.fsdecode(name) for name in said.split(b"\0") if name))


def _branch(refs: str) -> str:
    head = next((ref for ref in refs.split(", ") if ref.startswith("HEAD -> ")), "")
    return head.removeprefix("HEAD -> ")


def example_address(name: str) -> str:
    """The address used in tasks for a project whose repository others cannot open."""
    return f"https://example.com/{name}"


def _https(remote: str, name: str) -> str:
    """The https URL of a remote; an example URL for a local folder, or without a remote.

    The URL is in every task, and the queue accepts only URLs that others could open.
    """
    if remote.startswith("git@"):
        host, _, path = remote[4:].partition(":")
        remote = f"https://{host}/{path}"
    if not (remote.startswith(("https://", "http://", "ssh://")) and _is_address(remote)):
        remote = example_address(name)
    return without_secrets(remote).removesuffix(".git")


def _is_address(remote: str) -> bool:
    try:
        return urlsplit(remote).port != 0
    except ValueError:
        return False


def without_secrets(address: str) -> str:
    """A URL without user, password, query and fragment, which may contain tokens.

    It is published in tasks and artifacts.
    """
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    public = parts._replace(netloc=host, query="", fragment="")
    return address if public == parts else public.geturl()


def _git(root: Path, *words: str) -> str | None:
    said = _said(root, *words)
    return None if said is None else _text(said).strip("\n")


def _listed(root: Path, *words: str) -> tuple[str, ...] | None:
    """The sorted output of a git command with `-z`; without it, git quotes non-ASCII names."""
    said = _said(root, *words)
    return None if said is None else tuple(sorted(filter(None, _text(said).split("\0"))))


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace")


def _said(root: Path, *words: str) -> bytes | None:
    import subprocess  # noqa: PLC0415 - not needed where parameters are given

    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)
    except (OSError, ValueError):  # ValueError: a NUL in a given name
        return None
    # As bytes: in text mode, Python would convert line ends.
    return done.stdout if done.returncode == 0 else None
