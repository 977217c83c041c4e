"""What a project says of each type of release: a table with declared columns."""

from collections.abc import Mapping
from typing import Any

import attrs

from relpro.errors import Origin

#: Where in the configuration the table stands.
KEY = "release-types"

#: By what a column is chosen.
_BY = "by-release-type"


@attrs.frozen
class ReleaseTypes:
    """The table. `columns` map names to what they mean, `rows` a type to its value in each column.

    `projects` map a project to the type of what it releases. Where there are no rows, a project may
    release anything.
    """

    columns: Mapping[str, str]
    rows: Mapping[str, Mapping[str, Any]]
    projects: Mapping[str, str]
    origin: Origin

    @property
    def variables(self) -> Mapping[str, Any]:
        """A keyed value for each column. What is of no type has nothing in any."""
        return {name: self._chosen(name) for name in self.columns}

    def inlined(self, value: Any) -> Any:
        """A setting in which columns are named, such as `{version-forms}`, with what they hold.

        It is for settings that are read before there are tasks, and so know of no variables.
        """
        if isinstance(value, str) and value[1:-1] in self.columns and value == f"{{{value[1:-1]}}}":
            return self._chosen(value[1:-1])
        if isinstance(value, dict):
            return {key: self.inlined(part) for key, part in value.items()}
        return value

    def release_type(self, otherwise: Any) -> Any:
        """The type of what each project releases, keyed; `otherwise` of those of no row."""
        return {"by-project": {**self.projects, "default": otherwise}} if self.rows else otherwise

    def _chosen(self, column: str) -> Mapping[str, Any]:
        return {_BY: {"": None, **{name: row[column] for name, row in self.rows.items()}}}


#: Of a project that has no such table.
NO_TABLE = ReleaseTypes({}, {}, {}, Origin("kinds/config.yml", 1))
