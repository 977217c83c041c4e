"""Takes `release-types` of the configuration, gives the table, or what is wrong with it.

A row and its family must set everything that depends on the type of release: no default decides
anything, and no other place lists the types.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.errors import Diagnostic
from relpro.model.branch import ProjectSource
from relpro.model.config import LEVELS, GraphConfig
from relpro.model.nearest import meant
from relpro.model.release_types import KEY, NO_TABLE, ReleaseTypes
from relpro.model.task import Json
from relpro.values import OneOf, list_of
from relpro.values.names import a_name, glob, named, some_text
from relpro.yaml.document import Document

#: Keys of a row besides its cells: its family and the project that releases it.
_PROJECT = {
    Required("name"): a_name,
    Required("level"): OneOf(*LEVELS),
    Required("repositories"): list_of(some_text, some=True),
    Optional("branches"): list_of(glob),
    Optional("hg-branches"): list_of(glob),
    Optional("aliases"): list_of(a_name),
}
_OWN = ("family", "project")

SCHEMA = {
    Required("columns"): {named: some_text},
    Optional("families"): {named: {named: object}},
    Required("rows"): {
        named: {Optional("family"): a_name, Optional("project"): _PROJECT, named: object}
    },
}


def table_of(document: Document) -> ReleaseTypes:
    """The table of a configuration that fits its schema, complete or not."""
    said = document.data.get(KEY)
    if said is None:
        return NO_TABLE
    families = said.get("families", {})
    rows = {
        name: {**families.get(row.get("family"), {}), **_cells(row)}
        for name, row in said["rows"].items()
    }
    projects = {row["project"]["name"]: name for name, row in _owning(said)}
    return ReleaseTypes(said["columns"], rows, projects, document.locations.origin(KEY))


def table_faults(document: Document, table: ReleaseTypes) -> Iterator[Diagnostic]:
    """A diagnostic for each missing cell (K243), unknown column (K203), and the like.

    K246 if two rows, or the table and another setting, define the same.
    """
    said = document.data.get(KEY)
    if said is None:
        return
    origin, families = document.locations.origin, said.get("families", {})
    for family, cells in families.items():
        yield from _strange(cells, table, document, (KEY, "families", family))
    for name, row in said["rows"].items():
        path = (KEY, "rows", name)
        yield from _strange(_cells(row), table, document, path)
        if row.get("family", None) not in {None, *families}:
            what = f"release type `{name}` is of family `{row['family']}`, which does not exist"
            remedy = meant(row["family"], families)
            yield Diagnostic("K203", what, (origin(*path, "family"),), remedy=remedy)
        for column in table.columns:
            if column not in table.rows[name]:
                what = f"release type `{name}` has no `{column}`"
                why = f"`{column}`: {table.columns[column]}"
                remedy = f"write `{column}` into its row, or null where it has none"
                yield Diagnostic("K243", what, (origin(*path),), why=why, remedy=remedy)
    yield from _twice(document, table, said)


def _strange(
    cells: Mapping[str, object], table: ReleaseTypes, document: Document, path: tuple[str, ...]
) -> Iterator[Diagnostic]:
    for name in cells:
        if name not in table.columns:
            remedy = meant(name, table.columns, f"declare it under `{KEY}: columns`")
            where = (document.locations.origin(*path, name),)
            yield Diagnostic("K203", f"`{name}` is not a column of `{KEY}`", where, remedy=remedy)


def _twice(document: Document, table: ReleaseTypes, said: object) -> Iterator[Diagnostic]:
    origin, owners = document.locations.origin, dict[str, str]()
    for name, row in _owning(said):
        project = row["project"]["name"]
        other = owners.setdefault(project, name)
        listed = project in document.data.get("projects", {})
        if other != name or listed:
            beside = "`projects`" if listed else f"release type `{other}`"
            what = f"project `{project}` is listed under release type `{name}` and under {beside}"
            where = (origin(KEY, "rows", name, "project"),)
            yield Diagnostic("K246", what, where, remedy="list it under one")
    for column in table.columns:
        if column in document.data.get("variables", {}):
            what = f"`{column}` is a column of `{KEY}` and one of `variables`"
            yield Diagnostic("K246", what, (origin("variables", column),), remedy="rename one")
        elif column in _OWN:
            what = f"a column cannot be called `{column}`: rows say something else by it"
            yield Diagnostic("K246", what, (origin(KEY, "columns", column),), remedy="rename it")


def _cells(row: Mapping[str, object]) -> Mapping[str, object]:
    return {name: cell for name, cell in row.items() if name not in _OWN}


def _owning(said: Json) -> Iterator[tuple[str, Any]]:
    """The rows that name a project."""
    return ((name, row) for name, row in said["rows"].items() if "project" in row)


def projects_of(document: Document) -> Mapping[str, ProjectSource]:
    """The projects in rows, and those in `projects`."""
    rows = _owning(document.data.get(KEY, {"rows": {}}))
    said = {
        **{row["project"]["name"]: (row["project"], (KEY, "rows", name)) for name, row in rows},
        **{name: (one, ("projects", name)) for name, one in _listed(document)},
    }
    return {
        name: ProjectSource(
            name,
            one["level"],
            tuple(one["repositories"]),
            tuple(one.get("branches", ())),
            document.locations.origin(*path),
            tuple(one.get("hg-branches", ())),
        )
        for name, (one, path) in said.items()
    }


def _listed(document: Document) -> Iterator[tuple[str, Any]]:
    yield from document.data.get("projects", {}).items()


def aliases_of(document: Document) -> Mapping[str, tuple[str, ...]]:
    """The aliases of projects, from rows and from `project-aliases`."""
    aliases: dict[str, tuple[str, ...]] = {}
    for _, row in _owning(document.data.get(KEY, {"rows": {}})):
        for alias in row["project"].get("aliases", ()):
            aliases[alias] = (*aliases.get(alias, ()), row["project"]["name"])
    for alias, names in document.data.get("project-aliases", {}).items():
        aliases[alias] = (*aliases.get(alias, ()), *names)
    return aliases


def unknown_type(release_type: str, config: GraphConfig) -> Iterator[Diagnostic]:
    """A diagnostic (K244) for a type without a row; the empty type is allowed."""
    table = config.release_types
    if table.rows and release_type and release_type not in table.rows:
        what = f"release type `{release_type}` is not in the configuration"
        remedy = meant(release_type, table.rows, f"enter it: a row under `{KEY}: rows`")
        why = "nothing says which channels, rules, links and servers it is of"
        yield Diagnostic("K244", what, (table.origin,), why=why, remedy=remedy)


def no_type(project: str, level: str, config: GraphConfig) -> Iterator[Diagnostic]:
    """A diagnostic (K244) for a project of the highest level that no row names."""
    table = config.release_types
    if table.rows and level == LEVELS[-1] and project not in config.projects:
        what = f"nothing says what project `{project}` releases"
        remedy = meant(project, config.projects, f"enter it: a row under `{KEY}: rows`")
        yield Diagnostic("K244", what, (table.origin,), remedy=remedy)
