"""Parameters: everything a generation depends on besides the tree, and where each is said."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from relpro.errors import Origin
from relpro.model.task import Json

#: Where values come from that nobody wrote into a file.
BY_DEFAULT = Origin("default")
COMMAND_LINE = Origin("--param")
EVENT = Origin("the environment")
GIT = Origin("git")
#: Of a value of which it is not told.
_GIVEN = Origin("given")
NOT_TOLD: Mapping[str, Origin] = {}


def looked_up(name: str) -> Origin:
    """Where the answer to a look-up comes from."""
    return Origin(f"look-up `{name.replace('_', '-')}`")


@attrs.frozen
class Said:
    """Some parameters, and where each is said: by whom it is not told, it is just given."""

    values: Mapping[str, Any] = attrs.field(factory=dict)
    sources: Mapping[str, Origin] = attrs.field(factory=dict, eq=False, repr=False)

    @classmethod
    def at(cls, where: Origin, values: Mapping[str, object]) -> "Said":
        """Parameters that are all said at one place."""
        return cls(values, dict.fromkeys(values, where))

    def __or__(self, later: "Said") -> "Said":
        """Both; where both say something, what is said later."""
        known = {**self.sources, **later.everywhere}
        return Said({**self.values, **later.values}, known)

    @property
    def everywhere(self) -> Mapping[str, Origin]:
        """Where each value is said."""
        return {name: self.sources.get(name, _GIVEN) for name in self.values}


@attrs.frozen
class Parameters:
    """An immutable set of parameters, by name.

    `values` holds every known name, `sources` where they were said. Properties exist for what the
    engine itself asks.
    """

    values: Mapping[str, Any] = attrs.field(repr=False)
    sources: Mapping[str, Origin] = attrs.field(factory=dict, eq=False, repr=False)

    def __getitem__(self, name: str) -> Json:
        return self.values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def get(self, name: str, default: object = None) -> Json:
        """The value of `name`, or `default` if there is none."""
        return self.values.get(name, default)

    def source(self, name: str) -> Origin:
        """Where the value of `name` was said."""
        return self.sources.get(name, _GIVEN)

    def replace(self, where: Origin, /, **changes: object) -> "Parameters":
        """A copy with some values changed or added, as is said at `where`."""
        said = Said(self.values, self.sources) | Said.at(where, changes)
        return Parameters(said.values, said.sources)

    @property
    def project(self) -> str:
        """The project (repository or branch) that is built."""
        return str(self.values["project"])

    @property
    def level(self) -> str:
        """How much the code is trusted: `1` to `3`."""
        return str(self.values["level"])

    @property
    def version(self) -> str:
        """The version that is released, for example `1.2.3`."""
        return str(self.values["version"])

    @property
    def tasks_for(self) -> str:
        """The event: `hg-push`, `github-push`, `cron`, `action`, ..."""
        return str(self.values["tasks_for"])

    @property
    def release_product(self) -> str | None:
        """The product that is promoted, or None on a push."""
        product: str | None = self.values["release_product"]
        return product

    @property
    def existing_tasks(self) -> Mapping[str, str]:
        """Label -> task id of tasks that earlier graphs of this release made."""
        existing: Mapping[str, str] = self.values["existing_tasks"]
        return existing
