"""Takes a plan, gives the places that its tasks use, and lines about them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from posixpath import commonpath

from relpro.graph.difference.collapse import Collapse
from relpro.graph.places import Use, uses_of
from relpro.model.counted import counted
from relpro.model.place import Effects
from relpro.plan.plan import Plan

#: The leading parts of object keys that are shown: bucket, `pub`, product.
_APART = 3

#: The most alternatives of keys named for one place, and the most characters of all names.
_NAMED, _WIDTH = 8, 160


def uses_in_plan(plan: Plan) -> Iterator[Use]:
    """The uses of places by the tasks of a plan."""
    for label, task in plan.create.items():
        if "effects" in task:
            yield from uses_of(label, Effects.of_json(task["effects"]), task["locale"])


def place_lines(plan: Plan) -> Iterator[str]:
    """A summary of what is written, copied and read, and with which scopes."""
    uses = [*uses_in_plan(plan)]
    for does in ("writes", "copies", "reads"):
        some = sorted({use for use in uses if use.does == does})
        if some:
            yield f"{does} {counted(len({use.place for use in some}), 'place')}"
            yield from (_copies(some) if does == "copies" else _by_kind(some))
    acting = {use.task for use in uses if use.does != "reads" and use.place.kind != "index"}
    scopes = Counter(
        scope
        for label, task in plan.create.items()
        for scope in task.get("scopes", ())
        if label in acting
    )
    if scopes:
        yield "with scopes"
        yield from (f"  {scope}: {counted(count)}" for scope, count in sorted(scopes.items()))


def _copies(uses: Iterable[Use]) -> Iterator[str]:
    for use in uses:
        yield f"  {use.source} -> {use.place.key}"


def _by_kind(uses: Iterable[Use]) -> Iterator[str]:
    """For each kind of place, the number of places and their keys; for objects, their folders."""
    kinds: dict[str, set[str]] = {}
    for use in uses:
        kinds.setdefault(use.place.kind, set()).add(use.place.key)
    for kind, keys in kinds.items():
        for some, told in _folders(keys) if kind == "object" else [(keys, _named(sorted(keys)))]:
            yield f"  {len(some):>6}  {kind} {told}"


def _named(keys: Sequence[str]) -> str:
    text = Collapse(shown=_NAMED)(keys)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def _folders(keys: Iterable[str]) -> Iterator[tuple[Sequence[str], str]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for key in sorted(keys):
        groups.setdefault(tuple(key.split("/")[:_APART]), []).append(key)
    for some in groups.values():
        yield some, some[0] if len(some) == 1 else f"{commonpath(some)}/"
