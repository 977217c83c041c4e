"""Takes the earlier graphs of a release, finds reasons why they are not one release.

They must be of one commit of one project, made in the order of phases, requested with the same
versions and numbers, and completed.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import attrs

from relpro.actions.action_input import Input, refused_at
from relpro.actions.look_ups import HISTORY
from relpro.actions.promotion.demands import UPDATES, switches
from relpro.actions.promotion.previous import PreviousGraph, PreviousGraphs
from relpro.errors import Diagnostic, Origin
from relpro.model.branch import branch_of
from relpro.model.config import Flavor
from relpro.model.counted import counted
from relpro.model.phase import Phase
from relpro.plan.records import Records
from relpro.transform.history import origins

#: The identity of a release: parameters of the graphs, and of the action's own task.
_SAME = ("head_repository", "project", "level")

#: The most uncompleted tasks that are named.
_NAMED = 10

#: Parameters that identify a release from its decision task on, and their names for people.
_BUILT_AS = ("version", "app_version")
#: Further parameters of a promotion.
_PROMOTED_AS = ("version", "build_number", "next_version")
_PARTNER_BUILD = "release_partner_build_number"


def unrelated(
    previous: PreviousGraphs, head: Mapping[str, str], revision: str
) -> Iterator[Diagnostic]:
    """A diagnostic (Q709) for each graph of another repository, project, level or revision.

    `head` are the values of the action's own task, as far as they are known. Kinds of one revision
    can promote builds of another only if the input names that `revision`.
    """
    first = previous.first
    for name in _SAME:
        own, whose = head.get(name), "this task runs for"
        if not own:
            own, whose = first.parameters[name], f"graph `{first.task_id}` is of"
        remedy = "name graphs of one release, from its push on"
        yield from _of_another(previous, name, {own}, f"{whose} {name} `{own}`", remedy)
    yield from _of_another_branch(previous, branch_of(head.get("head_ref", "")))
    built = first.parameters["head_rev"]
    allowed = {revision, head.get("head_rev", "")} - {""} or {built}
    why = f"this task runs for {' and '.join(f'`{one}`' for one in sorted(allowed))}"
    remedy = f"if kinds of another revision are to promote it, give `revision: {built}`"
    yield from _of_another(previous, "head_rev", allowed, why, remedy)


def _of_another(
    previous: PreviousGraphs, name: str, allowed: Collection[str], why: str, remedy: str
) -> Iterator[Diagnostic]:
    for graph in previous.graphs:
        value = graph.parameters[name]
        if value not in allowed:
            yield graph.refused(f"graph `{graph.task_id}` is of {name} `{value}`", why, remedy)


def _of_another_branch(previous: PreviousGraphs, own: str) -> Iterator[Diagnostic]:
    """One revision may be pushed to several branches, each with builds of its own."""
    whose, remedy = "this task runs for", "name the graph of its branch, or ask on that group"
    for graph in previous.graphs:
        if graph.branch and not own:
            own, whose = graph.branch, f"graph `{graph.task_id}` is of"
        if graph.branch not in {"", own}:
            what = f"graph `{graph.task_id}` is of branch `{graph.branch}`"
            yield graph.refused(what, f"{whose} branch `{own}`", remedy)


def of_another_product(previous: PreviousGraphs, flavor: Flavor) -> Iterator[Diagnostic]:
    """A diagnostic (Q709) for each promotion of another product."""
    for graph in previous.promotions:
        product = graph.parameters["release_product"]
        if product != flavor.product:
            what = f"graph `{graph.task_id}` promoted `{product}`"
            why = f"flavor `{flavor.name}` is of `{flavor.product}`"
            yield graph.refused(what, why, "leave it out, or ask for a flavor of its product")


def out_of_order(previous: PreviousGraphs, flavor: Flavor) -> Iterator[Diagnostic]:
    """A diagnostic (Q709) if graphs are not given in the order of their phases."""
    ordered = tuple(sorted(previous.graphs, key=lambda graph: graph.rank))
    if ordered[0].phase is not None:
        what = f"`previous_graph_ids` name no decision task: {_phases(previous.graphs)}"
        yield previous.first.refused(
            what, "a release is made of what a push built", "give its id first"
        )
    elif ordered != previous.graphs:
        what = f"`previous_graph_ids` are not in order: {_phases(previous.graphs)}"
        ids = ", ".join(graph.task_id for graph in ordered)
        pairs = zip(previous.graphs, ordered, strict=True)
        misplaced = next(graph for graph, other in pairs if graph != other)
        yield misplaced.refused(what, "the decision task comes first", f"give them as {ids}")
    for graph in previous.promotions:
        if graph.rank > flavor.phase.rank:
            what = f"graph `{graph.task_id}` ran phase `{graph.parameters['shipping_phase']}`"
            why = f"flavor `{flavor.name}` runs phase `{flavor.phase.value}`, which comes before"
            yield graph.refused(what, why, "leave it out")


def _phases(graphs: Collection[PreviousGraph]) -> str:
    return ", ".join(
        f"`{graph.task_id}` is of {f'phase {graph.phase.value}' if graph.phase else 'a push'}"
        for graph in graphs
    )


@attrs.frozen
class Asked:
    """The numbers that the input of a promotion asks for."""

    given: Input
    flavor: Flavor

    @property
    def updates(self) -> Mapping[str, Mapping[str, Any]]:
        """Earlier version -> its build and locales."""
        updates: Mapping[str, Mapping[str, Any]] = self.given[UPDATES]
        return updates

    def differences(self, previous: PreviousGraphs) -> Iterator[Diagnostic]:
        """A diagnostic (Q709) for each value that differs from that of an earlier graph.

        A flavor's `may-differ` lists exceptions. Values that the input omits do not differ.
        """
        for graph in previous.graphs:
            names = _BUILT_AS if graph.phase is None else _PROMOTED_AS
            for name in names:
                yield from self._number(graph, name)
        for graph in previous.promotions:
            yield from self._updates(graph)
        if self.flavor.phase is not Phase.PROMOTE and previous.promotions:
            yield from self._new_updates(previous)
            yield from self._partner_builds(previous)

    def _number(self, graph: PreviousGraph, name: str) -> Iterator[Diagnostic]:
        said, was = self.given.text(name), str(graph.parameters.get(name) or "")
        if not said or not was or said == was or name in self.flavor.may_differ:
            return
        if graph.phase is None:
            what = f"the release is called {said}, and was built as {was}"
            mend = f"promote {was}, or push a commit whose `{name}` is {said}"
        else:
            what = f"`{name}` is {said}, and was {was} in phase `{graph.phase.value}`"
            mend = f"give `{name}: {was}`, or promote anew"
        remedy = f"{mend}; if so meant, add `{name}` to `may-differ` of flavor `{self.flavor.name}`"
        why = f"graph `{graph.task_id}` says so"
        yield self.given.refused(name, what=what, why=why, remedy=remedy)

    def _updates(self, graph: PreviousGraph) -> Iterator[Diagnostic]:
        """Updates that this phase would have and the earlier one had not, or the reverse."""
        if not self.flavor.partial_updates or UPDATES in self.flavor.may_differ:
            return
        history = graph.parameters["release_history"]
        was = {version: build for _, _, version, build in origins(history)}
        now = {version: str(update["buildNumber"]) for version, update in self.updates.items()}
        if was and now and was != now:
            what = f"updates start from {_builds(now)}, and did from {_builds(was)}"
            why = f"graph `{graph.task_id}` of the same release says so"
            remedy = "give the `partial_updates` that were promoted"
            yield self.given.refused(UPDATES, what=what, why=why, remedy=remedy)

    def _new_updates(self, previous: PreviousGraphs) -> Iterator[Diagnostic]:
        """Updates that are asked for after a promotion without any."""
        wanted = self.flavor.partial_updates and UPDATES not in self.flavor.may_differ
        if wanted and self.updates and not previous.pinned(HISTORY):
            what = "`partial_updates` are given, and the release was promoted without any"
            remedy = "leave them out, or promote anew"
            yield self.given.refused(UPDATES, what=what, remedy=remedy)

    def _partner_builds(self, previous: PreviousGraphs) -> Iterator[Diagnostic]:
        """Partner builds that were promoted and are omitted now, or the reverse."""
        now = switches(self.given, self.flavor)
        for name, is_on in now.items():
            was_on = any(graph.parameters[name] for graph in previous.promotions)
            if is_on != was_on and name not in self.flavor.may_differ:
                done = "promoted with" if was_on else "promoted without"
                what = f"`{name}` is {str(is_on).lower()}, and the release was {done} such builds"
                remedy = f"give `{name}: {str(was_on).lower()}`, or promote anew"
                yield self.given.refused(name, what=what, remedy=remedy)
        if any(now.values()):
            for graph in previous.promotions:
                if any(graph.parameters[name] for name in now):
                    yield from self._number(graph, _PARTNER_BUILD)


def _builds(builds: Mapping[str, str]) -> str:
    return ", ".join(f"{version} build {number}" for version, number in sorted(builds.items()))


def undone(
    previous: PreviousGraphs,
    phase: Phase,
    records: Records,
    *,
    rebuild_kinds: Collection[str],
    may_fail: Collection[str],
) -> Iterator[Diagnostic]:
    """A diagnostic (Q709) for tasks of earlier phases that are not completed.

    All tasks count, also those without dependents, except tasks of kinds to rebuild and of kinds
    that `may_fail`.
    """
    left_out = {*rebuild_kinds, *may_fail}
    earlier = [graph for graph in previous.promotions if graph.rank < phase.rank]
    made = previous.existing_tasks(left_out)
    wanted = {label: made[label] for graph in earlier for label in graph.made if label in made}
    statuses = records.statuses(sorted(set(wanted.values()))) if wanted else {}
    states = {
        label: statuses[task_id]["state"]
        for label, task_id in sorted(wanted.items())
        if task_id in statuses and statuses[task_id]["state"] != "completed"
    }
    if not states:
        return
    shown = [f"{label} is {state}" for label, state in list(states.items())[:_NAMED]]
    if len(states) > _NAMED:
        shown.append(f"{len(states) - _NAMED} more")
    what = f"{counted(len(states))} of earlier phases did not complete"
    remedy = (
        "rerun them; name kinds that may fail under `release-promotion: may-fail`, or make theirs "
        "anew by `rebuild_kinds`"
    )
    yield refused_at(Origin("queue"), what, ", ".join(shown), remedy)
