"""Takes a saved plan and one that is made now, gives every fact that changed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from relpro.errors import Diagnostic, Refused
from relpro.plan.plan import Plan

#: The most facts of one sort that are listed one by one.
_TOLD = 10

Facts = Mapping[str, Any]


def refuse_drift(saved: Plan, now: Plan) -> None:
    """Raise `Refused` (Q708) with every fact that differs between the two plans."""
    moved = tuple(drift(saved, now))
    if moved:
        raise Refused(*moved)


def drift(saved: Plan, now: Plan) -> Iterator[Diagnostic]:
    """One diagnostic (Q708) for each changed fact; none if the digests are equal.

    Causes come first: version of relpro, goal, parameters, files; then their consequences.
    """
    if saved.digest == now.digest:
        return
    if saved.relpro != now.relpro:
        yield _moved(f"relpro was {saved.relpro} and is {now.relpro}")
    yield from _differences(saved.goal, now.goal, lambda name: f"`{name}` of the goal")
    yield from _differences(saved.parameters, now.parameters, lambda name: f"parameter `{name}`")
    yield from _differences(saved.tree, now.tree, lambda name: f"file `{name}`")
    yield from _differences(saved.create, now.create, lambda label: f"new task `{label}`")
    yield from _differences(saved.reuse, now.reuse, lambda label: f"reused task `{label}`")
    yield from _differences(saved.drop, now.drop, lambda label: f"dropped task `{label}`")
    yield from _differences(saved.policy, now.policy, lambda rule: f"rule `{rule}`")


def _differences(before: Facts, after: Facts, named: Callable[[str], str]) -> Iterator[Diagnostic]:
    names = [
        name
        for name in sorted({*before, *after})
        if name not in before or name not in after or before[name] != after[name]
    ]
    for name in names[:_TOLD]:
        if name not in after:
            yield _moved(f"{named(name)} is gone")
        elif name not in before:
            yield _moved(f"{named(name)} was not there")
        else:
            yield _moved(f"{named(name)} has changed")
    if len(names) > _TOLD:
        yield _moved(f"{named(names[_TOLD])} and {len(names) - _TOLD - 1} more moved as well")


def _moved(what: str) -> Diagnostic:
    remedy = "look at what moved; then make the plan again and have it reviewed"
    return Diagnostic("Q708", f"{what}, since the plan was made", remedy=remedy)
