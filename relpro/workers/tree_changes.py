"""Takes the changes of a task to a source tree, makes tags and commits in a real git repository.

They are made in a clone and pushed together: all or nothing. Existing tags and versions are kept,
so that a task can be run again. Source: landoscript, actions/tag.py and actions/version_bump.py;
treescript, versionmanip.py.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from relpro.transform.versions import plain_facts
from relpro.workers.errand import Errand, Failed
from relpro.workers.job import UNAVAILABLE, Unfit

#: The text between a repository and its branch.
_BRANCH = "#"

#: The author of the commits.
_WHO = ("-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@example.com")

_REJECTED = "[rejected]"

#: How often a change is retried after a concurrent push.
_TRIES = 5


@attrs.frozen
class Change:
    """The changes of a task: tags at a revision, a version in files, a new branch.

    `message` is that of the commit. Empty fields change nothing.
    """

    tags: Sequence[str] = ()
    tags_at: str = ""
    next_version: str = ""
    files: Sequence[str] = ()
    message: str = ""
    branch: str = ""

    @classmethod
    def of(cls, payload: Mapping[str, Any], known: Sequence[str], message: str) -> "Change":
        """The changes in the actions of a payload. Raises `Unfit` for unknown actions."""
        actions = payload["actions"]
        if unknown := [f"`{name}`" for name in actions if name not in known]:
            what = f"{', '.join(unknown)} is not done on this machine"
            raise Unfit(what, UNAVAILABLE)
        tags = payload["tag_info"] if "tag" in actions else {}
        bump = payload["version_bump_info"] if "version_bump" in actions else {}
        made = payload["create_branch_info"] if "create_branch" in actions else {}
        return cls(
            tags.get("tags", ()),
            tags.get("revision", ""),
            bump.get("next_version", ""),
            bump.get("files", ()),
            message,
            made.get("branch_name", ""),
        )


@attrs.frozen
class Repository:
    """A repository of the services, and the branch to change."""

    place: str
    branch: str

    @classmethod
    def of(cls, errand: Errand, name: str, branch: str = "") -> "Repository":
        """The repository with a name or URL. Raises `Unfit` if the services have none."""
        known = errand.services.repositories
        if name not in known:
            what = f"the services have no repository `{name}`"
            raise Unfit(what, UNAVAILABLE)
        place, _, usual = known[name].partition(_BRANCH)
        return cls(place, branch or usual or _head(errand, place))

    def make(self, errand: Errand, change: Change, *, push: bool) -> str:
        """Make a change; returns the diff of its commit, empty if there is none.

        Raises `Failed` if a tag exists elsewhere, or git refuses.
        """
        for left in reversed(range(_TRIES)):
            clone = _Clone.of(errand, self, left)
            difference = clone.bump(change)
            refs = [*clone.tags(change), *clone.refs(change, difference)]
            if not push or not refs:
                errand.say("nothing is pushed" if refs else "all of it is there")
                return difference
            try:
                clone.git("push", "--quiet", "--atomic", "origin", *refs)
            except Failed as failed:
                if _REJECTED not in str(failed) or not left:
                    raise
                continue
            errand.say(f"pushed {', '.join(ref.partition(':')[2] for ref in refs)}")
            return difference
        raise AssertionError("the last try ends the loop")


@attrs.frozen
class _Clone:
    errand: Errand
    folder: Path
    branch: str

    @classmethod
    def of(cls, errand: Errand, repository: Repository, number: int) -> "_Clone":
        folder = errand.work / f"tree-{number}"
        words = ("clone", "--quiet", "--branch", repository.branch, repository.place, str(folder))
        _git(errand, *words)
        return cls(errand, folder, repository.branch)

    def git(self, *words: str) -> str:
        return _git(self.errand, "-C", str(self.folder), *words)

    def tags(self, change: Change) -> Iterator[str]:
        """The refs to push for tags that do not exist yet."""
        if not change.tags:
            return
        target = self.commit(change.tags_at)
        for tag in change.tags:
            known = self.git("tag", "--list", tag).strip()
            if not known:
                yield f"{target}:refs/tags/{tag}"
            elif (there := self.commit(f"refs/tags/{tag}")) != target:
                raise Failed(f"tag `{tag}` stands at {there}, and is not moved to {target}")

    def commit(self, name: str) -> str:
        try:
            return self.git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").strip()
        except Failed:
            raise Failed(f"the repository has no revision `{name}`") from None

    def bump(self, change: Change) -> str:
        """Commit the next version; returns the diff, empty if all files have it already."""
        changed = [name for name in change.files if self._bumped(name, change.next_version)]
        if not changed:
            return ""
        self.git("add", "--", *changed)
        self.git(*_WHO, "commit", "--quiet", "--message", change.message)
        return self.git("diff", "HEAD~1", "HEAD")

    def _bumped(self, name: str, version: str) -> bool:
        if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
            raise Unfit(f"`{name}` is not a file of the tree")
        path = self.folder / name
        if path.is_symlink() or not path.is_file():
            raise Failed(f"`{name}` is not in the tree")
        text = path.read_text(encoding="utf-8")
        current = _version_in(name, text)
        wanted = version if current.endswith("esr") else version.removesuffix("esr")
        if current == wanted or _is_lower(wanted, current):
            self.errand.say(f"{name}: has {current}, and stays")
            return False
        path.write_text(text.replace(current, wanted), encoding="utf-8")
        self.errand.say(f"{name}: {current} becomes {wanted}")
        return True

    def refs(self, change: Change, difference: str) -> Iterator[str]:
        """The refs to push for the commit, and for a new branch."""
        if difference:
            yield f"HEAD:refs/heads/{self.branch}"
        if change.branch:
            known = self.git("branch", "--remotes", "--list", f"origin/{change.branch}")
            if not known.strip():
                yield f"HEAD:refs/heads/{change.branch}"


def _version_in(name: str, text: str) -> str:
    """The version in a file: of a manifest, or the last line that is no comment."""
    if name.endswith("/manifest.json"):
        found = json.loads(text).get("version")
        return str(found)
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    if not lines:
        raise Failed(f"`{name}` says no version")
    return lines[-1].strip()


def _is_lower(one: str, other: str) -> bool:
    """Whether a version is lower than another, if they can be compared."""
    before, after = (plain_facts(text.removesuffix("esr")) for text in (one, other))
    if "version_order" not in before or "version_order" not in after:
        return False
    is_lower: bool = before["version_order"] < after["version_order"]
    return is_lower


def _head(errand: Errand, place: str) -> str:
    said = _git(errand, "ls-remote", "--symref", place, "HEAD")
    first = said.partition("\t")[0]
    if not first.startswith("ref: refs/heads/"):
        raise Failed(f"`{place}` does not say which branch is meant: write `PLACE#BRANCH`")
    return first.removeprefix("ref: refs/heads/")


def _git(errand: Errand, *words: str) -> str:
    """Git's output; dates are those of the task, so that the same task makes the same commit."""
    created = str(errand.task["created"])
    env = {"GIT_AUTHOR_DATE": created, "GIT_COMMITTER_DATE": created, "LC_ALL": "C"}
    return errand.run("git", *words, env={**_quiet(), **env}).decode(errors="replace")


def _quiet() -> Mapping[str, str]:
    """Git without the settings of this machine, and without prompts."""
    return {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
    }
