"""Parameters: everything a generation depends on besides the tree."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs


@attrs.frozen
class Parameters:
    """An immutable set of parameters, by name.

    `values` holds every known name. Properties exist for what the engine itself asks.
    """

    values: Mapping[str, Any] = attrs.field(repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of `name`, or `default` where there is none."""
        return self.values.get(name, default)

    def replace(self, **changes: Any) -> "Parameters":
        """A copy with some values changed or added."""
        return Parameters({**self.values, **changes})

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
        """What happened: `hg-push`, `github-push`, `cron`, `action`, ..."""
        return str(self.values["tasks_for"])

    @property
    def release_product(self) -> str | None:
        """The product that is promoted, or None on a push."""
        product: str | None = self.values["release_product"]
        return product

    @property
    def existing_tasks(self) -> Mapping[str, str]:
        """Label -> task id of what earlier graphs of this release made."""
        existing: Mapping[str, str] = self.values["existing_tasks"]
        return existing
