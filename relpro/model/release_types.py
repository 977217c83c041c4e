"""A project's settings for each type of release: a table with declared columns."""

from collections.abc import Mapping
from typing import Any

import attrs

from relpro.errors import Origin
from relpro.model.task import Json

#: The path of the table in the configuration.
KEY = "release-types"

#: The attribute that keys a column.
_BY = "by-release-type"


@attrs.frozen
class ReleaseTypes:
    """The table. `columns` map names to their meanings, `rows` a type to its value in each column.

    `projects` map a project to the type that it releases. Without rows, a project may release
    anything.
    """

    columns: Mapping[str, str]
    rows: Mapping[str, Mapping[str, Any]]
    projects: Mapping[str, str]
    origin: Origin

    @property
    def variables(self) -> Mapping[str, Any]:
        """A keyed value for each column. It is null for the empty type."""
        return {name: self._chosen(name) for name in self.columns}

    def inlined(self, value: object) -> Json:
        """A setting with columns, such as `{version-forms}`, replaced by their values.

        Used for settings that are read before there are tasks, and so without variables.
        """
        if isinstance(value, str) and value[1:-1] in self.columns and value == f"{{{value[1:-1]}}}":
            return self._chosen(value[1:-1])
        if isinstance(value, dict):
            return {key: self.inlined(part) for key, part in value.items()}
        return value

    def release_type(self, otherwise: object) -> object:
        """The release type of each project, keyed; `otherwise` for projects without a row."""
        return {"by-project": {**self.projects, "default": otherwise}} if self.rows else otherwise

    def _chosen(self, column: str) -> Mapping[str, Any]:
        return {_BY: {"": None, **{name: row[column] for name, row in self.rows.items()}}}


#: The table of a project without one.
NO_TABLE = ReleaseTypes({}, {}, {}, Origin("kinds/config.yml", 1))
