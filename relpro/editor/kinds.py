"""Takes a project, gives the JSON schemas of the files of its kinds.

An entry may have the sections of all stock transforms, and of those that the project's kinds use;
an editor cannot check whether the kind names the transform. Missing keys may come from
`task-defaults`.
"""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import voluptuous

from relpro.editor.json_schema import Converter, JsonSchema
from relpro.load.kinds import SCHEMA, TASKS
from relpro.project import Project
from relpro.stock.sections import OWNERS
from relpro.stock.selectors import selectors
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.transform.chain import resolve_chain
from relpro.transform.entry import FIELDS
from relpro.transform.section import Section
from relpro.values import OneOf, templated


def kind_schema(project: Project) -> JsonSchema:
    """The JSON schema of the file of a kind. Raises `RelproError` for kinds that cannot be read."""
    return _with_entries(SCHEMA, project, inside="tasks")


def tasks_schema(project: Project) -> JsonSchema:
    """The JSON schema of a `tasks-from` file. Raises `RelproError` like `kind_schema`."""
    return _with_entries(TASKS, project)


def _with_entries(schema: voluptuous.Schema, project: Project, inside: str = "") -> JsonSchema:
    converter = Converter(partial=True)
    converter.definitions["entry"] = converter.convert(_entry(project))
    entry = {"$ref": "#/definitions/entry"}
    made = Converter().convert(schema)
    properties = made["properties"]
    properties["task-defaults"] = entry
    if inside:
        properties[inside]["additionalProperties"] = entry
    else:
        made["additionalProperties"] = entry
    return {**made, "definitions": converter.definitions}


def _entry(project: Project) -> Mapping[str, object]:
    """Key of an entry -> its schema."""
    known = {name: templated(schema) for name, schema in FIELDS.items()}
    known |= {name: schema.schema for name, schema in selectors(project.config).items()}
    workers = [one.keys for one in IMPLEMENTATIONS.values()]
    sections: dict[str, tuple[Any, ...]] = {}
    for section in _sections(project):
        others = sections.get(section.name, ())
        if not any(section.schema is other for other in others):
            sections[section.name] = (*others, section.schema)
    known |= {name: templated(OneOf(*every)) for name, every in sections.items()}
    return {**known, "worker": templated(OneOf(*workers))}


def _sections(project: Project) -> Iterator[Section]:
    for name in dict.fromkeys(OWNERS.values()):
        yield from (
            part for step in importlib.import_module(name).transforms for part in step.sections
        )
    project.import_transforms()
    for kind in project.kinds.values():
        yield from resolve_chain(kind).sections
