"""Takes a difference, removes the changes to ignore, and counts them."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

import attrs

from relpro.graph.difference.alike import alike
from relpro.graph.difference.changes import MISSING, Change, Found, find_changes
from relpro.graph.difference.difference import Changed, Difference
from relpro.graph.difference.report import path_text

#: Whether to ignore a change from the first value to the second.
Test = Callable[[Found, Found], bool]


def _any(_before: Found, _after: Found) -> bool:
    return True


def _added(before: Found, _after: Found) -> bool:
    return before is MISSING


def _said_nothing(before: Found, after: Found) -> bool:
    """Whether the removed value was equal to the default."""
    nothing: tuple[object, ...] = (None, False, True, "", [], {}, 1, ["all"])
    return after is MISSING and before in nothing


def _removed(_before: Found, after: Found) -> bool:
    return after is MISSING


#: Differences by design between relpro and taskgraph, as listed in docs/how-to/adopt-relpro.md:
#: path of a task in a graph file, with `*` for any text, and the changes to ignore.
BY_DESIGN: Final[Mapping[str, Test]] = {
    "attributes.*": _said_nothing,
    "attributes.release_artifacts*": _removed,
    "attributes.shipping_product": _added,
    "tags.os": _added,
    "tags.retrigger": _added,
    "tags.worker-implementation": _any,
    "requires": _added,
    "schedulerId": _added,
    "extra.index": _removed,
    "extra.index.*": _removed,
    "extra.parent": _removed,
    "payload.build_number": _added,
    "payload.version": _added,
    "payload.env.TOOLCHAIN_ARTIFACT": _added,
    "payload.env.UPLOAD_DIR": _added,
    "payload.env.*CACHE*": _removed,
    "payload.artifacts*.expires": _removed,
    "metadata.source": _any,
}


@attrs.frozen
class Left:
    """A difference without the ignored changes, and the number of these."""

    difference: Difference
    count: int


def without(difference: Difference, paths: Iterable[str], *, by_design: bool = False) -> Left:
    """The difference without changes at `paths`, for tasks in both graphs.

    A path has the form in which differences are shown, and includes everything below it; `*` stands
    for any text. With `by_design`, differences by design from taskgraph are left out too.
    """
    tests: dict[str, Test] = dict(BY_DESIGN) if by_design else {}
    count = 0
    if by_design:
        difference, count = _in_common_words(difference)
    for path in paths:
        tests |= {path: _any, f"{path}.*": _any, f"{path}[[]*": _any}
    kept = []
    for changed in difference.changed:
        changes = tuple(change for change in changed.changes if not _is_left(change, tests))
        count += len(changed.changes) - len(changes)
        if changes or changed.renamed:
            kept.append(Changed(changed.before, changed.after, changes))
    return Left(attrs.evolve(difference, changed=tuple(kept)), count)


def of_taskgraph(difference: Difference) -> bool:
    """Whether a graph was made by taskgraph, whose bodies name no scheduler."""
    before = (*difference.removed, *(one.before for one in difference.changed))
    return bool(before) and not any("schedulerId" in task.definition for task in before)


def _in_common_words(difference: Difference) -> tuple[Difference, int]:
    """The difference in common terms, and the number of changes that this leaves out."""
    changed, count = [], 0
    for one in difference.changed:
        pair = alike(one.before.to_json()), alike(one.after.to_json())
        changes = tuple(find_changes(*pair))
        count += max(0, len(one.changes) - len(changes))
        if changes or one.renamed:
            bodies = (side["task"] for side in pair)
            before, after = (
                t.with_definition(b) for t, b in zip((one.before, one.after), bodies, strict=True)
            )
            changed.append(Changed(before, after, changes))
    return attrs.evolve(difference, changed=tuple(changed)), count


def _is_left(change: Change, tests: Mapping[str, Test]) -> bool:
    path = path_text(change.path)
    return any(
        fnmatchcase(path, pattern) and test(change.before, change.after)
        for pattern, test in tests.items()
    )
