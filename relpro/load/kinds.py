"""Takes the folder `kinds/`, gives its kinds, each after those that it depends on.

The folder of a kind is its phase and the name of its file is its name: `kinds/push/checksums.yml`,
or, for a large kind, `kinds/push/checksums/kind.yml` beside the files that it names in
`tasks-from`.
"""

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import voluptuous
from voluptuous import Optional, Required

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.load.ordinary import demand_ordinary
from relpro.model.kind import Entry, Kind
from relpro.model.nearest import meant
from relpro.model.phase import PHASES, Phase
from relpro.model.task import Json
from relpro.values import check, list_of, text
from relpro.values.names import LABEL, a_name, is_label, module, named_task, some_text
from relpro.values.wording import shown
from relpro.yaml.document import Document, Reader

#: The schema of a kind's file.
SCHEMA = voluptuous.Schema(
    {
        Required("description"): text,
        Optional("kind-dependencies"): [a_name],
        Optional("transforms"): [module],
        Optional("task-defaults"): dict,
        Optional("tasks"): {named_task: dict},
        Optional("tasks-from"): list_of(some_text, distinct=True),
    }
)
#: A name that would be read as a key of the kind, at any level.
_RESERVED = ("task-defaults", "tasks", "tasks-from", "kind-dependencies", "transforms")
#: The schema of a file that `tasks-from` names.
TASKS = voluptuous.Schema({Optional("task-defaults"): dict, named_task: dict})


@attrs.frozen(eq=False, repr=False)
class _Found:
    """The place of a kind: its phase, its name and its file."""

    name: str
    phase: Phase
    path: Path


def load_kinds(
    root: Path, read: Reader | None = None, before: Mapping[str, Kind] | None = None
) -> Mapping[str, Kind]:
    """Every kind of the project at `root`, by name: dependencies first, else by phase and name.

    Kinds of `before` whose files have not changed are reused. Raises one `RelproError` with
    everything that is wrong in any of the files.
    """
    read, before = read or Reader(), before or {}
    problems = [*_overlooked(root)]
    kinds: dict[str, Kind] = {}
    for found in _discover(root):
        if not is_label(found.name):
            problems.append(_misnamed(root, found))
            continue
        if (twin := kinds.get(found.name)) is not None:
            problems.append(_twice(root, found, twin))
            continue
        try:
            kinds[found.name] = _load_kind(root, found, read, before.get(found.name))
        except RelproError as error:
            problems += error.diagnostics
    if not problems:
        problems += _bad_dependencies(kinds)
    raise_all(problems)
    return _in_order(kinds)


def _discover(root: Path) -> Iterator[_Found]:
    for phase in Phase:
        folder = root / "kinds" / phase.value
        if not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            if path.suffix == ".yml":
                yield _Found(path.stem, phase, path)
            elif (inner := path / "kind.yml").is_file():
                yield _Found(path.name, phase, inner)


def _overlooked(root: Path) -> Iterator[Diagnostic]:
    """Files that look as if they were meant to be kinds, but would not be read."""
    for folder in sorted(path for path in (root / "kinds").glob("*") if path.is_dir()):
        if folder.name not in PHASES and (remedy := meant(folder.name, PHASES)):
            where = (Origin(_shown(root, folder)),)
            what = f"`{folder.name}` is not a phase: the files in its folder would not be read"
            yield Diagnostic("K214", what, where, remedy=remedy)
        for path in sorted(folder.glob("*.yaml")) if folder.name in PHASES else ():
            what = f"`{path.name}` would not be read: the files of kinds end in `.yml`"
            remedy = f"rename it to `{path.stem}.yml`"
            yield Diagnostic("K214", what, (Origin(_shown(root, path)),), remedy=remedy)


def _load_kind(root: Path, found: _Found, read: Reader, before: Kind | None) -> Kind:
    demand_ordinary(root, found.path, _shown(root, found.path))
    document = read(found.path, _shown(root, found.path))
    locations = document.locations
    # Entries in separate files are looked up again.
    if before and before.locations is locations and "tasks-from" not in document.data:
        return before
    raise_all(check(SCHEMA, document.data, locations.origin, f"kind `{found.name}`"))
    data = document.data
    return Kind(
        found.name,
        found.phase,
        data["description"].strip(),
        tuple(data.get("kind-dependencies", ())),
        tuple(data.get("transforms", ())),
        tuple(_entries(root, found, document, read)),
        locations,
    )


def _entries(root: Path, found: _Found, document: Document, read: Reader) -> Iterator[Entry]:
    defaults = document.data.get("task-defaults", {})
    for source, path in _task_sources(root, found, document, read):
        tasks = dict(source.data["tasks"] if path else source.data)
        # A file of `tasks-from` may have defaults of its own, which take precedence over the
        # kind's.
        nearest = defaults if path else merge(defaults, tasks.pop("task-defaults", {}))
        documents = (document.locations,) if path else (source.locations, document.locations)
        raise_all(_reserved(source, path, tasks))
        for name, data in tasks.items():
            yield Entry(name, merge(nearest, data), source.locations, (*path, name), documents)


def _reserved(
    source: Document, path: tuple[str, ...], tasks: Mapping[str, object]
) -> Iterator[Diagnostic]:
    for name in _RESERVED:
        if name in tasks:
            where = source.locations.origin(*path, name)
            what = f"no task can be called `{name}`: that is a key of a kind"
            yield Diagnostic("K203", what, (where,), remedy="move it to the top of the kind's file")


def _task_sources(
    root: Path, found: _Found, document: Document, read: Reader
) -> Iterator[tuple[Document, tuple[str, ...]]]:
    if "tasks" in document.data:
        yield document, ("tasks",)
    problems: list[Diagnostic] = []
    for place, written in enumerate(document.data.get("tasks-from", ())):
        where = document.locations.origin("tasks-from", place)
        try:
            yield _task_file(root, found, written, where, read), ()
        except RelproError as error:
            problems += error.diagnostics
    raise_all(problems)


def _task_file(root: Path, found: _Found, written: str, where: Origin, read: Reader) -> Document:
    """The file of entries that `tasks-from` of a kind names at `where`.

    Raises `RelproError`: K209 if the file does not exist, or is not in the project.
    """
    context = f"kind `{found.name}`"
    # Joined as text: the system would follow links on the way, and `..` would lead elsewhere.
    path = posixpath.normpath(posixpath.join(_shown(root, found.path.parent), written))
    if path.startswith(("/", "../")):
        what = f"`tasks-from` names `{written}`, which is not in the project"
        remedy = "name a file below the folder that holds `kinds/`"
        raise RelproError(Diagnostic("K209", what, (where,), context, remedy=remedy))
    demand_ordinary(root, root / path, path)
    if not _is_file(root / path):
        what = f"`tasks-from` names `{written}`: there is no file `{path}`"
        raise RelproError(Diagnostic("K209", what, (where,), context))
    source = read(root / path, path)
    raise_all(check(TASKS, source.data, source.locations.origin, context))
    return source


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # no file can have such a name
        return False


def merge(defaults: object, value: object) -> Json:
    """The value of an entry merged over its default.

    Mappings are merged deeply, lists appended, anything else replaced. A keyed value (`by-*`) is
    replaced as a whole, on either side.
    """
    if isinstance(defaults, Mapping) and isinstance(value, Mapping):
        if _is_keyed(defaults) or _is_keyed(value):
            return value
        merged = dict(defaults)
        for key, inner in value.items():
            merged[key] = merge(merged[key], inner) if key in merged else inner
        return merged
    if isinstance(defaults, list) and isinstance(value, list):
        return [*defaults, *value]
    return value


def _is_keyed(value: Mapping[str, object]) -> bool:
    return len(value) == 1 and str(next(iter(value))).startswith("by-")


def _misnamed(root: Path, found: _Found) -> Diagnostic:
    what = f"the name of kind {shown(found.name)} must be {LABEL}"
    why = "labels begin with it"
    where = (Origin(_shown(root, found.path)),)
    return Diagnostic("K214", what, where, why=why, remedy="rename the file")


def _twice(root: Path, found: _Found, twin: Kind) -> Diagnostic:
    here = Kind(found.name, found.phase, "", (), (), (), twin.locations).origin
    where = attrs.evolve(here, file=_shown(root, found.path))
    what = f"kind `{found.name}` is declared twice"
    return Diagnostic(
        "K204", what, (where, twin.origin), remedy="rename one: a kind's name is its file's name"
    )


def _bad_dependencies(kinds: Mapping[str, Kind]) -> Iterator[Diagnostic]:
    for kind in kinds.values():
        for place, name in enumerate(kind.dependencies):
            where = kind.locations.origin("kind-dependencies", place)
            if name not in kinds:
                remedy = meant(name, sorted(kinds), "`relpro kinds` lists them")
                what = f"kind `{kind.name}` depends on `{name}`, which does not exist"
                yield Diagnostic("K205", what, (where,), remedy=remedy)
            elif not kinds[name].phase <= kind.phase:
                later = kinds[name]
                what = (
                    f"kind `{kind.name}` of phase {kind.phase.value} depends on `{name}` of phase "
                    f"{later.phase.value}"
                )
                why = f"phases run in the order {', '.join(PHASES)}, so it could never start"
                yield Diagnostic("K213", what, (where, later.origin), why=why)


def _in_order(kinds: Mapping[str, Kind]) -> Mapping[str, Kind]:
    ordered: dict[str, Kind] = {}
    trail: list[str] = []

    def visit(name: str) -> None:
        if name in ordered:
            return
        if name in trail:
            raise RelproError(_circle(kinds, trail[trail.index(name) :]))
        trail.append(name)
        for dependency in kinds[name].dependencies:
            visit(dependency)
        ordered[name] = kinds[trail.pop()]

    for name in kinds:
        visit(name)
    return ordered


def _circle(kinds: Mapping[str, Kind], names: list[str]) -> Diagnostic:
    first = names.index(min(names))
    circle = [*names[first:], *names[:first]]
    where = tuple(kinds[name].locations.origin("kind-dependencies") for name in circle)
    what = f"kinds depend on each other: {' -> '.join([*circle, circle[0]])}"
    return Diagnostic("K206", what, where, remedy="drop one of these `kind-dependencies`")


def _shown(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
