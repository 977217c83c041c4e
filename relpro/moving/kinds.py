"""Takes the kinds of a taskgraph configuration, gives the files of relpro's kinds."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, Final

import attrs

from relpro.model.phase import PHASES
from relpro.moving.chain import Chain, Step, chain_of
from relpro.moving.entries import Entry, translated
from relpro.moving.factoring import factored
from relpro.moving.layout import comment, written
from relpro.moving.merged import (
    OWN,
    Merged,
    alternatives,
    as_mapping,
    merge,
    merged_tasks,
    without,
)
from relpro.moving.naming import Naming
from relpro.moving.notes import Notebook
from relpro.moving.phases import NONE, RANK, copied_from, folders, own_phase, task_phases
from relpro.moving.reading import Source
from relpro.moving.repository import KindSource, Repository
from relpro.moving.setting import Setting
from relpro.moving.texts import template
from relpro.stock.workers.docker_worker import IMAGES
from relpro.values.names import is_label

#: Defaults that taskgraph sets for every task.
UNASKED: Final[Mapping[str, Any]] = {
    "routes": ["checks"],
    "tags": {"project": "{project}", "trust-domain": "{trust-domain}"},
}

#: The top-level keys of a kind in taskgraph.
_KNOWN: Final = frozenset(
    {"loader", "transforms", "kind-dependencies", "tasks", "tasks-from", "task-defaults"}
)

#: Former names of such keys.
_FORMER: Final[Mapping[str, str]] = {
    "jobs": "tasks",
    "jobs-from": "tasks-from",
    "job-defaults": "task-defaults",
}

#: Shipped transform -> the modules of relpro, expanders first.
_EXPANDING: Final[Mapping[str, tuple[str, ...]]] = {
    "from_deps": ("relpro.stock.from_deps",),
    "matrix": ("relpro.stock.matrix",),
    "chunking": ("relpro.stock.chunk",),
}
_DESCRIBING: Final[Mapping[str, tuple[str, ...]]] = {
    "notify": ("relpro.stock.notify",),
    "fetch": ("relpro.stock.fetch",),
    "docker_image": ("relpro.stock.docker_image",),
    "run": ("relpro.stock.run", "relpro.stock.fetches"),
    "cached_tasks": ("relpro.stock.cached_tasks",),
}

#: The width of a comment.
_WIDTH: Final = 94

#: Transforms that must come last if these are used.
_CACHING: Final = "relpro.stock.cached_tasks"


@attrs.frozen(eq=False, repr=False)
class MovedKind:
    """A kind with its translated entries; `extra` are keys of its file that Python reads."""

    source: KindSource
    chain: Chain
    entries: tuple[Entry, ...]
    extra: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.source.name

    @property
    def needs(self) -> tuple[str, ...]:
        """The kinds in its `kind-dependencies`."""
        return tuple(self.source.source.data.get("kind-dependencies") or ())


def moved_kinds(repository: Repository, naming: Naming, book: Notebook) -> tuple[MovedKind, ...]:
    """Every kind, its entries translated."""
    return tuple(_moved(repository, kind, naming, book) for kind in repository.kinds)


def _moved(repository: Repository, kind: KindSource, naming: Naming, book: Notebook) -> MovedKind:
    chain = chain_of(kind)
    extra = dict(_extra(repository, kind, chain, book))
    tasks = list(merged_tasks(kind))
    if chain.loader is not None and not tasks:
        defaults = kind.source.data.get("task-defaults") or {}
        tasks = [Merged(kind.name, defaults, OWN, ((kind.source, ("task-defaults",)),))]
    settings = (Setting(repository, kind.name, chain, task, naming, book) for task in tasks)
    return MovedKind(kind, chain, tuple(_distinct(map(translated, settings))), extra)


def _distinct(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries with distinct keys: a key may lose parts of a name."""
    seen: dict[str, int] = {}
    for entry in entries:
        count = seen[entry.name] = seen.get(entry.name, 0) + 1
        key = f"{entry.name}-{count}" if count > 1 else entry.name
        yield attrs.evolve(entry, name=key)


def _extra(
    repository: Repository, kind: KindSource, chain: Chain, book: Notebook
) -> Iterator[tuple[str, object]]:
    """Further top-level keys of a kind, which Python of the tree may read."""
    for key, value in kind.source.data.items():
        if key in _KNOWN:
            continue
        where = kind.source.origin(key)
        if key in _FORMER:
            why = f"taskgraph of today reads `{_FORMER[key]}`: call it so, and import once more"
            book.hand(where, f"kind `{kind.name}`: `{key}`", why)
            continue
        reader = repository.reader(key)
        if chain.own and (reader or chain.loader is not None):
            why = f"`{reader or chain.own[0].module}` reads it: it is a section of every task now"
            book.hand(where, f"kind `{kind.name}`: `{key}`", why)
            yield key, value
        else:
            book.left_out(where, f"kind `{kind.name}`: `{key}`", "nothing reads it")


def kind_files(
    kinds: Sequence[MovedKind], naming: Naming, products: Sequence[str], book: Notebook
) -> Iterator[tuple[str, str]]:
    """Path below the root -> text, for every file of the kinds."""
    needs = {kind.name: kind.needs for kind in kinds}
    phases = task_phases({kind.name: kind.entries for kind in kinds}, needs)
    places = folders(phases, needs)
    for kind in kinds:
        where = kind.source.source.origin()
        if not is_label(kind.name):
            book.hand(
                where, f"the name of kind `{kind.name}`", "relpro takes letters, digits, `-_`"
            )
        if len(phases[kind.name] - {NONE}) > 1:
            why = "a folder is a phase: tasks of later ones say `shipping-phase`"
            book.left_out(where, f"kind `{kind.name}` has tasks of several phases", why)
        phased = [_phased(kind, one, phases, places, products, book) for one in kind.entries]
        yield from _files(attrs.evolve(kind, entries=tuple(phased)), kinds, places, naming, book)


def _phased(
    kind: MovedKind,
    entry: Entry,
    phases: Mapping[str, frozenset[str]],
    places: Mapping[str, str],
    products: Sequence[str],
    book: Notebook,
) -> Entry:
    """The entry with its phase, if it is not that of the folder."""
    phase: Any = own_phase(entry.data)
    if not isinstance(entry.data.get("shipping-phase"), str | None):
        return entry  # keyed
    if phase is None:
        found = {p for k in copied_from(entry.data, kind.needs) for p in phases.get(k, ())}
        if len(found) > 1:
            why = f"it was that of the upstream task, one of {', '.join(sorted(found))}"
            book.hand(entry.where, "its `shipping-phase` varies", why, entry.subject)
        phase = max(found, key=RANK.__getitem__, default=NONE)
    data = without(entry.data, "shipping-phase")
    if phase != places[kind.name]:
        data["shipping-phase"] = phase or None
    if phase and phase != PHASES[0] and "shipping-product" not in data:
        if len(products) == 1:
            data["shipping-product"] = products[0]
        else:
            said = ", ".join(products)
            why = f"a promotion selects by product: say `shipping-product`, one of {said}"
            book.hand(entry.where, "its product is not said", why, entry.subject)
    return attrs.evolve(entry, data=data)


def _files(
    kind: MovedKind,
    kinds: Sequence[MovedKind],
    places: Mapping[str, str],
    naming: Naming,
    book: Notebook,
) -> Iterator[tuple[str, str]]:
    shared, rests = factored([entry.data for entry in kind.entries])
    entries = [attrs.evolve(e, data=r) for e, r in zip(kind.entries, rests, strict=True)]
    own = [entry for entry in entries if entry.file == OWN]
    others = dict.fromkeys(entry.file for entry in entries if entry.file != OWN)
    names = {file: posixpath.basename(file) for file in others}
    data: dict[str, Any] = {"description": f"What was kind `{kind.name}` in taskgraph."}
    if depends := _dependencies(kind, kinds):
        data["kind-dependencies"] = depends
    data["transforms"] = transforms_of(kind, naming)
    data["task-defaults"] = merge(merge(UNASKED, template(kind.extra)), shared)
    folder = f"kinds/{places[kind.name]}"
    path = f"{folder}/{kind.name}/kind.yml" if names else f"{folder}/{kind.name}.yml"
    text = _head(kind.source.source) + written(data)
    if own:
        text += "tasks:\n" + "\n".join(_entry(entry, book, 2) for entry in own)
    if names:
        text += written({"tasks-from": list(dict.fromkeys(names.values()))})
    yield path, text
    for file, name in names.items():
        body = "\n".join(_entry(entry, book, 0) for entry in entries if entry.file == file)
        yield f"{folder}/{kind.name}/{name}", _head(kind.source.files[file]) + body


def _entry(entry: Entry, book: Notebook, indent: int) -> str:
    """The text of an entry, below its comments and notes about manual work."""
    notes = dict.fromkeys(
        f"By hand: {note.what} ({note.place}): {note.why}." for note in book.of(entry.subject)
    )
    lines = (line for note in notes for line in wrap(note, _WIDTH, subsequent_indent="  "))
    above = comment([*entry.comment, *lines], indent)
    return above + written({entry.name: dict(entry.data)}, indent)


def _head(source: Source) -> str:
    """The comment at the start of a file, such as its license."""
    lines = []
    for line in source.text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _dependencies(kind: MovedKind, kinds: Sequence[MovedKind]) -> list[str]:
    """The dependencies of the kind, including images of the tree, whose volumes relpro reads."""
    needs = [name for name in kind.needs if name != kind.name]
    known = {other.name: other.needs for other in kinds}
    can = IMAGES in known and IMAGES not in needs and kind.name not in _closure(IMAGES, known)
    return [*needs, IMAGES] if can and any(map(_in_tree, kind.entries)) else needs


def _closure(name: str, needs: Mapping[str, Sequence[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += needs.get(one, ())
    return frozenset(found)


def _in_tree(entry: Entry) -> bool:
    image = as_mapping(entry.data.get("worker")).get("docker-image")
    return any(isinstance(one, Mapping) and "in-tree" in one for one in alternatives(image))


def transforms_of(kind: MovedKind, naming: Naming) -> list[str]:
    """The modules of a kind, expanders first."""
    first: list[str] = [naming.module_of(kind.chain.loader)] if kind.chain.loader else []
    rest: list[str] = []
    for step in kind.chain.steps:
        first += _EXPANDING.get(step.shipped or "", ())
        rest += _described(kind, step, naming)
    if _CACHING in rest and {"relpro.stock.toolchain", "relpro.stock.fetch"} & set(rest):
        rest = [*(one for one in rest if one != _CACHING), _CACHING]
    return list(dict.fromkeys((*first, *rest)))


def _described(kind: MovedKind, step: Step, naming: Naming) -> Sequence[str]:
    if step.is_own:
        return (naming.module_of(step),)
    if step.shipped == "code_review":
        return (naming.code_review,)
    made = _DESCRIBING.get(step.shipped or "", ())
    if step.shipped == "run" and any(map(_is_toolchain, kind.entries)):
        return ("relpro.stock.toolchain", *made, _CACHING)
    if step.shipped == "fetch":
        return (*made, *_DESCRIBING["run"], _CACHING)
    return made


def _is_toolchain(entry: Entry) -> bool:
    return bool(as_mapping(entry.data.get("run")).get("using") == "toolchain-script")
