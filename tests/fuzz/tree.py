"""What a repository says: the event that a decision is told of, commit messages, names of files."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.actions.small_project import write_project
from tests.fuzz.mutation import VALUES, garbled
from tests.fuzz.running import Case, Fault, Ran, listing, relpro

_GIT = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
_EVENT = {
    "HEAD_REPOSITORY": "https://github.com/example/app",
    "BASE_REPOSITORY": "https://github.com/example/app",
    "HEAD_REF": "refs/heads/main",
    "BASE_REF": "refs/heads/main",
    "HEAD_TAG": "",
    "PROJECT": "main",
    "LEVEL": "1",
    "OWNER": "a@example.com",
    "TASKS_FOR": "github-push",
    "REPOSITORY_TYPE": "git",
    "PULL_REQUEST_NUMBER": "",
    "PUSH_DATE_TIME": "2026-01-01T00:00:00Z",
    "PUSHLOG_ID": "1",
    "TARGET_TASKS_METHOD": "default",
}
_TEXTS = tuple(value for value in VALUES if isinstance(value, str) and "\0" not in value)
_EVENTS = ("github-push", "github-pull-request", "github-release", "cron", "hg-push", "action")
_MESSAGES = (
    "Fix it",
    "DONTBUILD",
    "a\r\nb\r\n",
    "a\n\n# not a comment\n",
    "title: {by-x: 3}\n--output=x",
    "\u202eright to left\u2028",
    "Ä ö \U0001f600" * 50,
    "${x} $${y} {version}",
    "\tname: |\n    x",
    "\x1b[31mred",
    "x" * 100_000,
    "'\"`$(touch pwned)`",
)
_NAMES = (
    "a.c", "ü", "\u202e.c", "a b", "--output=x", "-x", "a\tb", "a\nb", "'\"", "$(touch pwned)",
    "*", "**", "[z-a]", "{x}", "~", "a" * 200, "kinds/new.yml", "kinds/build/ü.yml",
    "kinds/build/--x.yml", "kinds/build/{x}.yml", "kinds/promote/a b/kind.yml", "kinds/data/x.json",
    "relpro/x.py", "yaml.py", "transforms/x.py", "kinds/build/.yml", "kinds/promote/..yml",
)  # fmt: skip


class Repository:
    """A git repository with the small project, and one commit on top of another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "app"
        write_project(self.root)
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.tree = self.git("write-tree")
        self.base = self.commit(b"first")
        self.outside = self._outside()

    def git(self, *words: str, said: bytes = b"", strip: bool = True) -> str:
        """What git says; it must do what it is told."""
        env = {**os.environ, **_GIT}
        done = subprocess.run(
            ["git", "-C", str(self.root), *words],
            input=said,
            capture_output=True,
            check=True,
            env=env,
        )
        text = done.stdout.decode("utf-8", "surrogateescape")
        return text.strip() if strip else text

    def commit(self, message: bytes, tree: str = "", parent: str = "") -> str:
        """A commit with exactly these bytes as its message."""
        above = ("-p", parent) if parent else ()
        return self.git("commit-tree", tree or self.tree, *above, "-F", "-", said=message)

    def decide(self, **event: str) -> Ran:
        """The decision task, which creates nothing."""
        words = ("decision", "-r", str(self.root), "--dry-run", "--output-dir", str(self.out))
        told = {f"GECKO_{name}": value for name, value in {**_EVENT, **event}.items()}
        return relpro(*words, **told)

    @property
    def out(self) -> Path:
        """Where the artifacts go."""
        return self.folder / "out"

    def written_outside(self) -> Fault:
        """What has changed besides the artifacts and what git keeps."""
        now, before = self._outside(), self.outside
        moved = {name for name in now.keys() | before if now.get(name) != before.get(name)}
        return f"written outside: {sorted(moved)}" if moved else ""

    def _outside(self) -> Mapping[str, tuple[int, int]]:
        return listing(self.folder, besides=(self.out, self.root / ".git"))

    def said(self, name: str) -> object:
        """A parameter of the decision."""
        path = self.out / "parameters.yml"
        return yaml.load(path.read_bytes(), yaml.CSafeLoader)[name]


def events(folder: Path) -> Case:
    """What the environment says of a push, a pull request, a release, a cron job."""
    repository = Repository(folder)
    head = repository.commit(b"second", parent=repository.base)
    right = {"HEAD_REV": head, "BASE_REV": repository.base}
    assert repository.decide(**right).code == 0

    def case(rng: Random) -> Fault:
        event = {**right, "TASKS_FOR": rng.choice(_EVENTS)}
        for _ in range(rng.choice((1, 1, 2, 3))):
            name = rng.choice((*_EVENT, *right))
            value = rng.choice((*_TEXTS, *_MESSAGES[:-2], *event.values()))
            if rng.random() < 0.2:
                changed = garbled(value.encode("utf-8", "surrogateescape"), rng).replace(b"\0", b"")
                value = changed.decode("utf-8", "surrogateescape")
            event[name] = value
        return repository.decide(**event).fault or repository.written_outside()

    return case


def commits(folder: Path) -> Case:
    """The message of a commit: it comes back as it was, and does nothing but keep tasks away."""
    repository = Repository(folder)

    def case(rng: Random) -> Fault:
        message = rng.choice(_MESSAGES).encode()
        for _ in range(rng.randrange(4)):
            message = garbled(message, rng)
        message = message.replace(b"\0", b"") or b"x"
        head = repository.commit(message, parent=repository.base)
        ran = repository.decide(HEAD_REV=head, BASE_REV=repository.base)
        if fault := ran.fault or repository.written_outside():
            return fault
        # What is not UTF-8 git takes for Latin 1.
        kept = repository.git("cat-file", "commit", head, strip=False).partition("\n\n")[2]
        wanted = kept.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip("\n")
        if ran.code == 0 and (found := repository.said("message")) != wanted:
            return f"the message {wanted!r} became {found!r}"
        return "" if ran.code == 0 else f"a message is no reason to end: {message!r}: {ran.err}"

    return case


def names(folder: Path) -> Case:
    """Names of files that a push changes, and of files in the folder of kinds."""
    repository = Repository(folder)
    blob = repository.git("hash-object", "-w", "--stdin", said=b"tasks: {}\n")

    def case(rng: Random) -> Fault:
        chosen = {rng.choice(_NAMES).encode() for _ in range(rng.randrange(1, 4))}
        if rng.random() < 0.5:
            chosen = {
                garbled(name, rng).replace(b"\0", b"").strip(b"/").replace(b"//", b"/")
                for name in chosen
            }
        chosen = {name for name in chosen if _is_possible(name)}
        chosen = {one for one in chosen if not any(o.startswith(one + b"/") for o in chosen)}
        env = f"{repository.folder}/index"
        listed = b"".join(b"100644 %s 0\t%s\0" % (blob.encode(), name) for name in sorted(chosen))
        try:
            tree = _tree(repository, env, listed)
        except subprocess.CalledProcessError:
            return ""  # not even git has such names together
        head = repository.commit(b"names", tree, repository.base)
        # This process has transforms of another project, and can have no second ones.
        ours = {name for name in chosen if name.split(b"/")[0] != b"transforms"}
        on_disk = _put(repository.root, ours) if rng.random() < 0.4 else []
        try:
            ran = repository.decide(HEAD_REV=head, BASE_REV=repository.base)
        finally:
            for path in reversed(on_disk):
                path.rmdir() if path.is_dir() else path.unlink()
        if fault := ran.fault:
            return fault
        # A file in the place of a folder takes what was in it away.
        changed: Any = repository.said("files_changed") if ran.code == 0 else None
        wanted = {name.decode("utf-8", "replace") for name in chosen}
        if changed is not None and not wanted <= set(changed):
            return f"the changed files {wanted!r} became {changed!r}"
        return ""

    return case


def _is_possible(name: bytes) -> bool:
    parts = name.split(b"/")
    return all(part not in {b"", b".", b"..", b".git"} and len(part) < 250 for part in parts)


def _tree(repository: Repository, index: str, listed: bytes) -> str:
    os.environ["GIT_INDEX_FILE"] = index
    try:
        repository.git("read-tree", repository.base)
        repository.git("update-index", "-z", "--index-info", said=listed)
        return repository.git("write-tree")
    finally:
        del os.environ["GIT_INDEX_FILE"]
        Path(index).unlink(missing_ok=True)


def _put(root: Path, names: set[bytes]) -> list[Path]:
    """Write those files that are none yet; a kind with a strange name is an error, or is none.

    Not in `transforms/`: a process imports those of one project.
    """
    made = []
    for name in sorted(name for name in names if not name.startswith(b"transforms")):
        path = root
        for part in os.fsdecode(name).split("/")[:-1]:
            path /= part
            if not path.exists():
                path.mkdir()
                made.append(path)
        path = root / os.fsdecode(name)
        if not path.exists() and path.parent.is_dir():
            path.write_bytes(b"tasks: {}\n")
            made.append(path)
    return made
