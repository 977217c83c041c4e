"""The inputs of translating a task: its kind, the configuration, and the place for notes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from relpro.model.task import Json
from relpro.moving.chain import Chain
from relpro.moving.merged import Merged, alternatives, as_mapping
from relpro.moving.naming import Naming
from relpro.moving.notes import Notebook
from relpro.moving.python_code import Module
from relpro.moving.repository import Repository

#: Worker types that taskgraph knows without an alias -> their implementation.
BUILT_IN: Final[Mapping[str, str]] = {"always-optimized": "always-optimized", "succeed": "succeed"}


@attrs.frozen
class Alias:
    """A worker alias: its implementation and operating system."""

    implementation: str
    os: str


@attrs.frozen(eq=False, repr=False)
class Setting:
    """The inputs of a translation besides the task."""

    repository: Repository
    kind: str
    chain: Chain
    task: Merged
    naming: Naming
    book: Notebook

    @property
    def config(self) -> Mapping[str, Any]:
        """The content of `config.yml`."""
        return self.repository.config.data  # type: ignore[no-any-return]

    def hand(self, path: tuple[str | int, ...], what: str, why: str) -> None:
        """Add a note about manual work for a part of the task."""
        self.book.hand(self.task.origin(*path), what, why, self.label)

    def left_out(self, path: tuple[str | int, ...], what: str, why: str) -> None:
        """Add a note about an omitted part of the task."""
        self.book.left_out(self.task.origin(*path), what, why, self.label)

    @property
    def label(self) -> str:
        """The task's name in the files."""
        return f"{self.kind}/{self.task.name}"

    def alias(self, worker_type: object) -> Alias | None:
        """The alias of a task; of several that it may have, their one implementation and system.

        What is no alias, Python of the tree makes one of: with an image it is of docker-worker.
        """
        found = {_alias(self.config, one) for one in alternatives(worker_type)}
        if found <= {None} and "docker-image" in as_mapping(self.task.data.get("worker")):
            return Alias("docker-worker", "linux")
        return found.pop() if len(found) == 1 else None

    def adds(self, sort: str, name: object) -> bool:
        """Whether Python of the tree registers something with a name."""
        return any(name == added.names[0] for _, added in self.repository.every_added(sort))

    @property
    def own_modules(self) -> Iterator[Module]:
        """The modules of the repository that have transforms of the kind."""
        for step in self.chain.own:
            if module := self.repository.module(step.module):
                yield module

    @property
    def fillers(self) -> tuple[str, ...]:
        """The transforms of the repository that format texts of tasks."""
        return tuple(dict.fromkeys(one.file for one in self.own_modules if one.fills))

    @property
    def kind_dependencies(self) -> tuple[str, ...]:
        """The kinds in the kind's dependencies."""
        kinds = {one.name: one for one in self.repository.kinds}
        return tuple(kinds[self.kind].source.data.get("kind-dependencies") or ())


def _alias(config: Mapping[str, object], name: object) -> Alias | None:
    if isinstance(name, str) and name in BUILT_IN:
        return Alias(BUILT_IN[name], "")
    found = alias_entry(config, name)
    if not isinstance(found, Mapping):
        return None
    return Alias(str(found.get("implementation", "")), str(found.get("os", "")))


def is_alias(config: Mapping[str, object], name: str) -> bool:
    """Whether the configuration, or taskgraph itself, has a worker alias of a name."""
    return name in BUILT_IN or alias_entry(config, name) is not None


def alias_entry(config: Mapping[str, Any], name: Json) -> object:
    """The configuration of a worker alias: by its name, or by a matching pattern."""
    aliases = config["workers"]["aliases"]
    if not isinstance(name, str):
        return None
    if name in aliases:
        return aliases[name]
    for pattern, said in aliases.items():
        try:
            if re.fullmatch(pattern, name):
                return said
        except re.error:
            continue
    return aliases.get("default")
