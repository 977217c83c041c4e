"""Takes the full graph, finds effects of its tasks that no release should have.

The tasks of one product, in all phases, are one release.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.counted import listed
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.place import NO_EFFECTS, SAID_BELOW, Place
from relpro.model.task import Task

#: Forbidden keys and parts of keys, and the messages about them.
_ILL_NAMED: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"^$"), "it is empty"),
    (re.compile(r"^/"), "it begins with `/`"),
    (re.compile(r"/$"), "it ends with `/`"),
    (re.compile(r"//"), "a part of it is empty"),
    (re.compile(r"[\x00-\x1f\x7f]"), "it holds a control character"),
    (re.compile(r"^\s|\s$"), "a blank stands at an end"),
)

#: Further forbidden parts of object paths, which become URLs.
_ILL_FORMED = (
    (re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:"), "it begins with a scheme"),
    (re.compile(r"(^|/)\.\.?(/|$)"), "a part of it is `.` or `..`"),
    (re.compile(r"%[0-9A-Fa-f]{2}"), "it holds a sign in the form that addresses have for it"),
    (re.compile(r"[?#]"), "it holds `?` or `#`, at which the path of an address ends"),
    (re.compile(r"\\"), "it holds `\\`, which many take for `/`"),
    *_ILL_NAMED,
)

#: The maximum length of an object's path, in bytes. Source: Amazon S3, object key names.
_LONGEST = 1024

#: Nearly all keys have this form and need no further check: a bucket, folders and a file.
_FINE = re.compile(r"[!-.0-9;-~]+(?:/[!-\-0-9;-~](?:[^/:%?#\\\x00-\x1f\x7f-\U0010ffff])*)+(?<!\s)")


def released(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[tuple[int, Task]]:
    """The tasks with effects that this release may have, with their positions.

    They belong to its product, and their attributes allow some flavor of that product to select
    them. On a push, which releases no product, those of every product count.
    """
    released_product = parameters["release_product"]
    wanted = _wanted(config)
    for at, task in enumerate(graph):
        if task.effects is NO_EFFECTS:
            continue
        product = task.product
        if released_product and product not in (None, released_product):
            continue
        matches = wanted.get(product)
        if matches is None or _matches_any(task, parameters, matches):
            yield at, task


#: Pairs of attributes and parameters, of which a task must match at least one.
_Match = Mapping[str, str]


def _wanted(config: GraphConfig) -> Mapping[str | None, Sequence[_Match]]:
    """Product -> the conditions of its flavors.

    Products with an unconditional flavor are omitted.
    """
    found: dict[str | None, list[_Match]] = {}
    for flavor in config.flavors.values():
        method = config.target_methods[flavor.target_tasks_method]
        found.setdefault(flavor.product, []).append(method.match_any)
    return {product: matches for product, matches in found.items() if all(matches)}


def _matches_any(task: Task, parameters: Parameters, matches: Sequence[_Match]) -> bool:
    return any(
        task.attributes.get(name) == parameters[parameter]
        for match in matches
        for name, parameter in match.items()
    )


def keys_are_well_formed(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """Every key leads to one place, and is its only name (G363): one diagnostic per task.

    Paths in buckets, which tasks write or copy, consist of names of folders and a file.
    """
    for task in graph:
        for kind, key in task.effects.writes:
            if not (_FINE.fullmatch(key) and len(key) <= _LONGEST) and (fault := _fault(kind, key)):
                yield _ill_formed(task, kind, key, fault)
                break
        for copy in task.effects.copies:
            for key in (copy.source, copy.target):
                if fault := _fault("object", key.removesuffix("/")):
                    yield _ill_formed(task, "object", key, fault, "copies")


def _ill_formed(task: Task, kind: str, key: str, fault: str, does: str = "") -> Diagnostic:
    is_object, name = kind == "object", Place(kind, key).name
    shown = name if is_object else key
    what = f"task `{task.label}` {does or f'writes {kind}'} `{shown}`: {fault}"
    remedy = "write folders and a file name, divided by single `/`"
    other = "write a name without blanks at its ends, and nothing empty between `/`"
    remedy = remedy if is_object else other
    return Diagnostic("G363", what, (task.origin,), remedy=remedy, said=name, within=SAID_BELOW)


def _fault(kind: str, key: str) -> str:
    """What is wrong with a key; for places other than objects, only what no name may contain."""
    is_object = kind == "object"
    path = key.partition("/")[2] if is_object else key
    rules = _ILL_FORMED if is_object else _ILL_NAMED
    told = (told for pattern, told in rules if pattern.search(path))
    return next(told, "") or _unseen(path, is_object=is_object)


def _unseen(path: str, *, is_object: bool) -> str:
    """What is wrong with a key and invisible to people."""
    if not path.isprintable():
        return "it holds a sign that is not seen"
    if unicodedata.normalize("NFC", path) != path:
        return "a letter in it is written as several signs, and has one of its own"
    if is_object and len(path.encode()) > _LONGEST:
        return f"it has more than {_LONGEST} bytes"
    return ""


def objects_are_below_owned_folders(
    graph: TaskGraph, _parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Objects are written and copied only to folders that the project owns (G367).

    One diagnostic per task. A project without `owned-folders` may write anywhere.
    """
    owned = config.policy.owned_folders
    if not owned:
        return
    folders = tuple(f"{bucket}/{path}" for bucket, paths in owned.items() for path in paths)
    for task in graph:
        if task.effects is NO_EFFECTS:
            continue
        written = (key for kind, key in task.effects.writes if kind == "object")
        copied = (copy.target for copy in task.effects.copies)
        for key in (*written, *copied):
            if not key.startswith(folders):
                yield _disowned(task, key, owned)
                break


def _disowned(task: Task, key: str, owned: Mapping[str, Sequence[str]]) -> Diagnostic:
    bucket, _, path = key.partition("/")
    what = f"task `{task.label}` writes object `{path}` of `{bucket}`, which is not the project's"
    if bucket in owned:
        remedy = f"write below {listed(owned[bucket], 3)}, or name its folder there"
        why = f"`policy: owned-folders` names others of `{bucket}`"
    else:
        remedy = meant(bucket, owned, f"name folders of `{bucket}` under `policy: owned-folders`")
        why = f"`policy: owned-folders` names none of `{bucket}`"
    return Diagnostic(
        "G367", what, (task.origin,), why=why, remedy=remedy, said=path, within=SAID_BELOW
    )
