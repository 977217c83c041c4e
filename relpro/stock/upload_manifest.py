"""A manifest of `kinds/data/`: the files that are uploaded, their tasks, and their destinations.

```yaml
# kinds/data/candidates.yml
folder: 'pub/{shipping-product}/candidates/{version}'   # below the bucket
types: {nightly-l10n: l10n}            # kind -> Chain of Trust type, if its name implies none
checksums-by-name: true                # the checksums file has file names, not destinations
expiry: 1 year                         # when files are deleted; null, the default: never
files:
  'target.tar.xz':                     # in the folder of the task's locale, or at `artifact`
    from: [repackage, build]           # kinds; the first task that makes the file is used
    only-for: linux.*                  # pattern of the attribute `build-platform`
    destinations: ['{build-platform}/{locale-name}/widget-{version}.tar.xz']
  'target.complete.mar':
    from: [mar-signing]
    only-en-US: true                   # not for tasks with a locale
    expiry: null                       # instead of that of the manifest
    update-balrog-manifest: true       # the file is submitted to the update server
    destinations: ['update/{build-platform}/en-US/widget-{version}.complete.mar']
partials:                              # the files in the attribute `partials` of these tasks
  from: [partials-signing]
  destination: 'update/{build-platform}/widget-{}-{version}.partial.mar'   # {}: the earlier version
```

A file that no upstream task makes is left out. `from`, `types` and `only-en-US` are constant; all
other values may be templates and keyed.
"""

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
from relpro.values import OneOf, flag, list_of, templated, text
from relpro.values.names import a_name, named, regular_expression
from relpro.values.patterns import Pattern, fault_of

#: The schema of such a file.
MANIFEST = DataFile(
    {
        Required("folder"): templated(text),
        Optional("checksums-by-name"): flag,
        Optional("expiry"): templated(OneOf(None, text)),
        Optional("types"): {named: a_name},
        Required("files"): {
            named: {
                Optional("description"): text,
                Required("from"): list_of(a_name),
                Optional("artifact"): templated(text),
                Optional("only-for"): templated(regular_expression),
                Optional("only-en-US"): flag,
                Optional("update-balrog-manifest"): flag,
                Optional("expiry"): templated(OneOf(None, text)),
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
    """A file of a manifest: the kinds that make it, and its templates."""

    path: tuple[str, ...]
    sources: tuple[str, ...]
    only_source_locale: bool
    only_for: Template
    name: Template
    said: Template

    @classmethod
    def of(cls, name: str, said: Mapping[str, Any]) -> "ManifestFile":
        """A file by its name and its keys in the manifest."""
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
        """Whether a task may upload it.

        Most tasks upload few of the files and render only those.
        """
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


def as_text(value: object, path: tuple[str, ...]) -> str:
    """A rendered value that must be text; raises `Unrenderable` (T403) if it is not."""
    if not isinstance(value, str):
        raise Unrenderable("T403", f"`{path[-1]}` must be text, and is rendered to {value!r}", path)
    return value


@attrs.frozen(eq=False)
class Manifest:
    """A manifest whose templates are compiled once for all tasks.

    `types` are the Chain of Trust types of kinds whose names do not imply one. With
    `names_checksums`, the checksums file lists files by name, not by destination. `expiry` is for
    files that do not have their own.
    """

    folder: Template
    types: Mapping[str, str]
    names_checksums: bool
    expiry: Template
    files: tuple[ManifestFile, ...]
    partial_sources: tuple[str, ...]
    partial_destination: Template


def make_manifest(_ctx: Context, content: Mapping[str, Any]) -> Manifest:
    """The manifest in a file of `kinds/data/`."""
    partials = content.get("partials", {"from": (), "destination": ""})
    return Manifest(
        compile_template(content["folder"], ("folder",)),
        content.get("types", {}),
        content.get("checksums-by-name", False),
        compile_template(content.get("expiry"), ("expiry",)),
        tuple(ManifestFile.of(name, said) for name, said in content["files"].items()),
        tuple(partials["from"]),
        compile_template(partials["destination"], ("partials", "destination")),
    )


def as_list(value: object, path: tuple[str, ...]) -> Sequence[object]:
    """A rendered list that is not empty; raises `Unrenderable` (T403) for anything else."""
    if not isinstance(value, list | tuple) or not value:
        raise Unrenderable("T403", f"`{path[-1]}` must be a list with something in it", path)
    return value
