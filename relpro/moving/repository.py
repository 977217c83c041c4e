"""Takes the folder of a repository, reads its taskgraph configuration."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.moving.python_code import Module, read_modules
from relpro.moving.reading import Source, read_source

#: Files at the top of a repository.
_TOP: Final = (".taskcluster.yml", ".git")

#: The default folder of the configuration.
FOLDER: Final = "taskcluster"

#: Where taskgraph looks in it for `config.yml` and the folders of kinds, today and in old versions.
_PLACES: Final = ((".", "kinds"), ("ci", "ci"))


@attrs.frozen(eq=False, repr=False)
class KindSource:
    """A kind: its `kind.yml`, and the files of `tasks-from` by their names."""

    name: str
    source: Source
    files: Mapping[str, Source]


@attrs.frozen(eq=False, repr=False)
class Repository:
    """The files that taskgraph would read. `folder` is the configuration's, relative to `root`."""

    root: Path
    folder: str
    config: Source
    kinds: tuple[KindSource, ...]
    modules: tuple[Module, ...]

    def module(self, name: str) -> Module | None:
        """The in-tree module of a dotted name."""
        return next((one for one in self.modules if one.name == name), None)

    def reader(self, text: str) -> Origin | None:
        """The first line of in-tree Python that contains a text, such as a key that it reads."""
        found = (one.origin(one.texts[text]) for one in self.modules if text in one.texts)
        return next(found, None)

    def every_added(self, sort: str) -> Iterator[Any]:
        """Registrations of one sort in in-tree Python, with their modules."""
        for module in self.modules:
            for added in module.added:
                if added.sort == sort:
                    yield module, added


def read_repository(folder: Path) -> Repository:
    """The configuration of the repository at `folder`; `folder` may also be the configuration's.

    Raises one `RelproError` with all files that cannot be read (M902) or have a wrong structure
    (M904), or for a folder without a configuration (M901).
    """
    path, (configured, kinds_in) = _configuration(folder.resolve())
    root = _root(path)
    shown = path.relative_to(root).as_posix()
    problems: list[Diagnostic] = []

    def read(file: Path) -> Source | None:
        try:
            return read_source(file, file.relative_to(root).as_posix())
        except RelproError as error:
            problems.extend(error.diagnostics)
        except ValueError:
            what = f"`{file.name}` lies outside of the repository"
            problems.append(Diagnostic("M902", what, (Origin(str(file.name)),)))
        return None

    config = read(path / configured / "config.yml")
    kinds = []
    for file in sorted((path / kinds_in).glob("*/kind.yml")):
        source = read(file)
        if source is None:
            continue
        problems += _shape(source)
        named = source.data.get("tasks-from") or ()
        files = {}
        for name in named if isinstance(named, list) else ():
            if isinstance(name, str) and (other := read((file.parent / name).resolve())):
                files[name] = other
                problems += _shape_of_tasks(other, other.data, ())
        kinds.append(KindSource(file.parent.name, source, files))
    if config is not None:
        problems += _shape_of_config(config)
    raise_all(problems)
    assert config is not None
    return Repository(root, shown, config, tuple(kinds), tuple(read_modules(path, shown)))


def _configuration(folder: Path) -> tuple[Path, tuple[str, str]]:
    """The folder of the configuration, and where in it `config.yml` and the kinds are."""
    for path in (folder, folder / FOLDER):
        for configured, kinds in _PLACES:
            if (path / configured / "config.yml").is_file() and (path / kinds).is_dir():
                return path, (configured, kinds)
    what = "no taskgraph configuration is here"
    why = (
        f"neither the folder nor `{FOLDER}` in it has `config.yml` and `kinds`, or `ci/config.yml`"
    )
    remedy = "name the top of the repository, or the folder that has them"
    raise RelproError(Diagnostic("M901", what, why=why, remedy=remedy))


def _root(path: Path) -> Path:
    """The top of the repository: the folder with Taskcluster's or git's files."""
    tops = (one for one in path.parents if any((one / name).exists() for name in _TOP))
    return next(tops, path.parent)


def _shape(source: Source) -> Iterator[Diagnostic]:
    for key, (holds, words) in _KIND.items():
        value = source.data.get(key)
        if value is not None and not isinstance(value, holds):
            yield _misshapen(source, (key,), words)
        elif isinstance(value, list):
            for place, part in enumerate(value):
                if not isinstance(part, str):
                    yield _misshapen(source, (key, place), "text")
    yield from _shape_of_tasks(source, source.data.get("tasks"), ("tasks",))


_KIND: Final[Mapping[str, tuple[Any, str]]] = {
    "loader": (str, "text"),
    "transforms": (list, "a list"),
    "kind-dependencies": (list, "a list"),
    "tasks": (dict, "a mapping"),
    "tasks-from": (list, "a list"),
    "task-defaults": (dict, "a mapping"),
}


def _shape_of_tasks(source: Source, tasks: object, path: tuple[str, ...]) -> Iterator[Diagnostic]:
    if isinstance(tasks, dict):
        for name, task in tasks.items():
            if task is not None and not isinstance(task, dict):
                yield _misshapen(source, (*path, name), "a mapping")


def _shape_of_config(source: Source) -> Iterator[Diagnostic]:
    if not isinstance(source.data.get("trust-domain"), str):
        yield _misshapen(source, ("trust-domain",), "text")
    for path, required in _CONFIG.items():
        value: Any = source.data
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if not isinstance(value, dict):
            if required or value is not None:
                yield _misshapen(source, path, "a mapping")
        elif path in _OF_MAPPINGS:
            for name, part in value.items():
                if part is not None and not isinstance(part, dict):
                    yield _misshapen(source, (*path, name), "a mapping")


#: Those whose values are mappings as well.
_OF_MAPPINGS: Final = frozenset(
    {
        ("workers", "aliases"),
        ("taskgraph", "repositories"),
        ("release-promotion", "flavors"),
    }
)

#: The mappings in the configuration, and whether taskgraph requires them.
_CONFIG: Final[Mapping[tuple[str, ...], bool]] = {
    ("workers",): True,
    ("workers", "aliases"): True,
    ("taskgraph",): True,
    ("taskgraph", "repositories"): True,
    ("taskgraph", "run"): False,
    ("treeherder",): False,
    ("treeherder", "group-names"): False,
    ("index",): False,
    ("scriptworker",): False,
    ("shipit",): False,
    ("release-promotion",): False,
    ("release-promotion", "flavors"): False,
}


def _misshapen(source: Source, path: tuple[Any, ...], words: str) -> Diagnostic:
    key = ".".join(map(str, path))
    remedy = f"make it {words}, as taskgraph reads it"
    return Diagnostic("M904", f"`{key}` is not {words}", (source.origin(*path),), remedy=remedy)
