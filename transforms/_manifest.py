"""A manifest of `kinds/data/`: which files are uploaded of which tasks, and where to."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import attrs
from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.transform.compiler import compile_template
from relpro.transform.context import Context
from relpro.transform.data_file import DataFile
from relpro.transform.template import Scope, Template, Unrenderable
from relpro.values import flag, list_of, templated, text
from relpro.values.names import a_name, named, regular_expression
from relpro.values.patterns import Pattern, fault_of

#: What such a file holds.
MANIFEST = DataFile(
    {
        Required("folder"): templated(text),
        Optional("checksums-by-name"): flag,
        Required("files"): {
            named: {
                Optional("description"): text,
                Required("from"): list_of(a_name),
                Optional("artifact"): templated(text),
                Optional("only-for"): templated(regular_expression),
                Optional("only-en-US"): flag,
                Optional("update-balrog-manifest"): flag,
                Required("destinations"): templated(list_of(text, some=True)),
            }
        },
        Optional("partials"): {
            Required("from"): list_of(a_name),
            Required("destination"): templated(text),
        },
    },
    is_fixed=True,
)


@attrs.frozen(eq=False)
class ManifestFile:
    """A file of a manifest: of which tasks it speaks, and what it says, still unrendered."""

    path: tuple[str, ...]
    sources: tuple[str, ...]
    only_source_locale: bool
    only_for: Template
    name: Template
    said: Template

    @classmethod
    def of(cls, name: str, said: Mapping[str, Any]) -> "ManifestFile":
        """The file of a name, and what the manifest says of it."""
        path = ("files", name)
        return cls(
            path,
            tuple(said["from"]),
            said.get("only-en-US", False),
            compile_template(said.get("only-for", ".*"), (*path, "only-for")),
            compile_template(name, path),
            compile_template(said, path),
        )

    def concerns(self, task: TaskDescription, scope: Scope) -> bool:
        """Whether a task may upload it: most tasks upload few of the files, and render no other."""
        if self.only_source_locale and task.attributes.get("locale"):
            return False
        if task.upstream.keys().isdisjoint(self.sources):
            return False
        platform = task.attributes.get("build_platform", "")
        pattern = as_text(self.only_for.render(scope), (*self.path, "only-for"))
        if what := fault_of(pattern):
            raise Unrenderable("T403", what, (*self.path, "only-for"))
        return _matches(pattern, platform)


@cache
def _matches(pattern: str, platform: str) -> bool:
    return Pattern.of(pattern).fullmatch(platform)


def as_text(value: Any, path: tuple[str, ...]) -> str:
    """A rendered value that must be text; raises `Unrenderable` (T403) where a variable was not."""
    if not isinstance(value, str):
        raise Unrenderable("T403", f"`{path[-1]}` must be text, and is rendered to {value!r}", path)
    return value


@attrs.frozen(eq=False)
class Manifest:
    """A manifest, its templates compiled once for all tasks.

    `names_checksums` where the checksums file calls files by their names, not by their places.
    """

    folder: Template
    names_checksums: bool
    files: tuple[ManifestFile, ...]
    partial_sources: tuple[str, ...]
    partial_destination: Template


def make_manifest(_ctx: Context, content: Mapping[str, Any]) -> Manifest:
    """The manifest that a file of `kinds/data/` holds."""
    partials = content.get("partials", {"from": (), "destination": ""})
    return Manifest(
        compile_template(content["folder"], ("folder",)),
        content.get("checksums-by-name", False),
        tuple(ManifestFile.of(name, said) for name, said in content["files"].items()),
        tuple(partials["from"]),
        compile_template(partials["destination"], ("partials", "destination")),
    )


def as_list(value: Any, path: tuple[str, ...]) -> Sequence[Any]:
    """A rendered list with something in it; raises `Unrenderable` (T403) for anything else."""
    if not isinstance(value, list | tuple) or not value:
        raise Unrenderable("T403", f"`{path[-1]}` must be a list with something in it", path)
    return value
