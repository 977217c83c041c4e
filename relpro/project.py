"""A project: the folder that holds `kinds/`, its configuration, its kinds, its transforms.

A process works with one project: its transforms are imported under the name that its YAML uses, so
a second project with a package of the same name is an error.
"""

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from relpro.errors import Diagnostic, ReadLine, RelproError, raise_all
from relpro.load.config import load_config
from relpro.load.defaults import acting_defaults, defaults_in
from relpro.load.kinds import load_kinds
from relpro.load.ordinary import demand_ordinary, is_inside
from relpro.load.references import unknown_kinds
from relpro.load.sparse import left_out
from relpro.load.tree import Tree
from relpro.load.vcs import checkout_parameters
from relpro.model.config import GraphConfig
from relpro.model.kind import Kind, Locations
from relpro.parameters.read import read_inputs, read_value, unfit_inputs
from relpro.python.failure import FAILURES, place_of, words_of
from relpro.yaml.document import Document, Reader, read_line


@attrs.frozen(slots=False)
class Project:
    """A checkout with `kinds/config.yml` at `root`. Everything is read once, when first used."""

    root: Path
    _read: Reader = attrs.field(factory=Reader, alias="read", kw_only=True, repr=False, eq=False)
    _before: "tuple[GraphConfig, Mapping[str, Kind]] | None" = attrs.field(
        default=None, alias="before", kw_only=True, repr=False, eq=False
    )
    _data: dict[str, Document] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    @classmethod
    def find(cls, start: Path) -> "Project":
        """The project of `start` or of the nearest folder above it.

        Raises K210 if there is none.
        """
        if not start.is_dir():
            raise RelproError(Diagnostic("K210", f"there is no folder `{start}`"))
        start = start.resolve()
        for folder in (start, *start.parents):
            if (folder / "kinds" / "config.yml").is_file():
                return cls(folder)
        what = f"no `kinds/config.yml` in `{start}` or above it"
        remedy = "run relpro inside a project, or name one with `--root`"
        raise RelproError(Diagnostic("K210", what, remedy=remedy))

    def again(self) -> "Project":
        """The same project as it is on disk now; only changed files are parsed again."""
        return Project(self.root, read=self._read, before=(self.config, self.kinds))

    @cached_property
    def config(self) -> GraphConfig:
        """The graph configuration."""
        return load_config(self.root, self._read, self._before[0] if self._before else None)

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """Every kind, dependencies first."""
        raise_all(left_out(self.root, "kinds", self.config.transforms_package))
        before = self._before[1] if self._before else None
        kinds = load_kinds(self.root, self._read, before)
        raise_all((*unknown_kinds(self.config, kinds), *acting_defaults(self.config, kinds)))
        return kinds

    @cached_property
    def inputs(self) -> Mapping[str, Any]:
        """The project's own parameters, from its files."""
        raise_all(self._strange_inputs())
        said = self.config.inputs.values()
        values = dict(read_inputs(said, self.root / "kinds"))
        raise_all(unfit_inputs(said, values, self.root / "kinds"))
        return values

    @cached_property
    def input_files(self) -> tuple[Path, ...]:
        """The files from which the project's own parameters are read; `..` in them is resolved."""
        named = (said.file for said in self.config.inputs.values() if said.file is not None)
        return tuple((self.root / "kinds" / name).resolve() for name in named)

    def _strange_inputs(self) -> Iterator[Diagnostic]:
        """Files of parameters outside the project, which other machines would not have."""
        for said in self.config.inputs.values():
            path = (self.root / "kinds" / (said.file or "")).resolve()
            if not is_inside(self.root, path):
                what = f"parameter `{said.name}` is read from `{said.file}`, outside the project"
                remedy = "name a file of the repository"
                yield Diagnostic("P504", what, (said.origin,), remedy=remedy)

    @cached_property
    def tree(self) -> Tree:
        """The files of the repository, for transforms."""
        return Tree.of(self.root)

    @cached_property
    def checkout(self) -> Mapping[str, Any]:
        """The parameters from git."""
        return checkout_parameters(self.root)

    @property
    def read_line(self) -> ReadLine:
        """Gives lines of the project's files to error messages."""
        return read_line(self.root)

    def data(self, name: str) -> Document:
        """The content of file `name` of `kinds/data/`. Raises `RelproError` (P504, Y...)."""
        if name not in self._data:
            self._data[name] = self._read_data(name)
        return self._data[name]

    def _read_data(self, name: str) -> Document:
        path, shown = self.root / "kinds" / "data" / name, f"kinds/data/{name}"
        demand_ordinary(self.root, path, shown)
        if path.is_file() and path.suffix in {".yml", ".yaml"}:
            document = self._read(path, shown)
            if rule := self.config.policy.said_by_name:
                raise_all(defaults_in(document.data, rule, document.locations.origin))
            return document
        return Document(shown, read_value(path), Locations(shown, {}))

    def relative(self, path: str) -> str:
        """A path for people: relative to the root if it is below it."""
        absolute = Path(path)
        inside = absolute.is_absolute() and absolute.is_relative_to(self.root)
        return absolute.relative_to(self.root).as_posix() if inside else path

    def import_transforms(self) -> None:
        """Import the package of the project's transforms, if it has one.

        Raises `RelproError` if another project's package with that name is already imported.
        """
        name = self.config.transforms_package
        folder = self.root / name
        if not folder.is_dir():
            return
        initial = folder / "__init__.py"
        if (known := sys.modules.get(name)) is not None:
            if list(known.__path__) != [str(folder)]:
                what = f"package `{name}` of another project is already imported"
                raise RelproError(Diagnostic("K210", what, why="a process works with one project"))
            return
        spec = importlib.util.spec_from_file_location(
            name, initial, submodule_search_locations=[str(folder)]
        )
        assert spec is not None
        if not initial.is_file():
            spec.loader = None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        if spec.loader is None:
            return
        try:
            spec.loader.exec_module(module)
        except FAILURES as error:  # a package may fail in any way
            del sys.modules[name]
            what = f"package `{name}` cannot be imported: {words_of(error)}"
            place = place_of(error, self.relative)
            raise RelproError(Diagnostic("K207", what, (place,))) from None
