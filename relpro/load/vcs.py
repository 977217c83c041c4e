"""Takes a checkout, gives the parameters that version control knows."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FORMAT = "%H%n%ct%n%ae%n%D"


def checkout_parameters(root: Path) -> Mapping[str, Any]:
    """What git says of the checkout at `root`; nothing where it is no checkout.

    Dates are those of the commit, not of today, so that one commit always gives one graph.
    """
    log = _git(root, "log", "-1", f"--format={_FORMAT}")
    if log is None:
        return {}
    revision, date, author, *refs = log.split("\n")
    branch = _branch(refs[0] if refs else "")
    name = root.resolve().name
    remote = _https(_git(root, "remote", "get-url", "origin") or "", name)
    return {
        "head_rev": revision,
        "base_rev": revision,
        "head_ref": branch,
        "base_ref": branch,
        "head_repository": remote,
        "base_repository": remote,
        "build_date": int(date),
        "pushdate": int(date),
        "moz_build_date": time.strftime("%Y%m%d%H%M%S", time.gmtime(int(date))),
        "owner": author,
        "repository_type": "git",
        "project": remote.rstrip("/").rpartition("/")[2] or name,
    }


def files_changed(root: Path, base: str, head: str) -> list[str]:
    """The files that differ between two revisions, sorted; empty where git cannot say."""
    # With `-z` git gives names as they are: else it quotes all that is not ASCII.
    names = _git(root, "diff", "--name-only", "--no-renames", "-z", base, head, "--")
    return sorted(names.rstrip("\0").split("\0")) if names else []


def commit_message(root: Path, revision: str) -> str:
    """The message of a commit; empty where git cannot say."""
    return _git(root, "log", "-1", "--format=%B", revision, "--") or ""


def _branch(refs: str) -> str:
    head = next((ref for ref in refs.split(", ") if ref.startswith("HEAD -> ")), "")
    return head.removeprefix("HEAD -> ")


def example_address(name: str) -> str:
    """What stands in tasks as the address of a project that has none which others can open."""
    return f"https://example.com/{name}"


def _https(remote: str, name: str) -> str:
    """The address of a remote; that of an example for a folder of this machine, or for none.

    The address goes into every task, and the queue takes only what others could open.
    """
    if remote.startswith("git@"):
        host, _, path = remote[4:].partition(":")
        remote = f"https://{host}/{path}"
    if not remote.startswith(("https://", "http://", "ssh://")):
        remote = example_address(name)
    return remote.removesuffix(".git")


def _git(root: Path, *words: str) -> str | None:
    import subprocess  # noqa: PLC0415 - not needed where parameters are given

    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError:
        return None
    return done.stdout.strip("\n") if done.returncode == 0 else None
