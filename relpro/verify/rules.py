"""Takes a graph, checks all rules: each is a function, and this module lists them.

A rule is a pure function of graph, parameters and configuration. It reports every violation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

import attrs

from relpro.errors import Diagnostic, Refused, RelproError
from relpro.fork import on_two_processors
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.noted import NotedParameters
from relpro.model.parameters import Parameters
from relpro.verify import (
    apart,
    artifacts,
    dates,
    downloads,
    effects,
    families,
    formats,
    lifetimes,
    locales,
    pushes,
    reads,
    references,
    release,
    routes,
    services,
    signatures,
    treeherder,
    waiting,
    writers,
)
from relpro.verify.bodies import queue_and_workers_accept_every_body
from relpro.verify.changed import Changed

Rule = Callable[[TaskGraph, Parameters, GraphConfig], Iterator[Diagnostic]]


_DATES = ("definition.deadline", "definition.expires")
_READ = "definition.payload.upstreamArtifacts"
_SHOWN = "definition.extra.treeherder"

#: Rules for single tasks, which read a task and what kinds see of its dependencies. The first
#: checks all payloads, which takes as long as all others together.
TASK_RULES: tuple[Rule, ...] = (
    references.references_name_what_exists,
    artifacts.what_is_fetched_of_the_same_kind_exists,
    lifetimes.runs_fit_into_deadlines,
    dates.artifacts_expire_with_their_tasks,
    lifetimes.what_is_read_is_still_there,
    release.phases_only_depend_backwards,
    release.released_tasks_have_a_product,
    release.release_scopes_are_for_releases,
    formats.servers_have_every_format,
    services.notify_routes_are_known,
    routes.services_take_every_route,
    treeherder.treeherder_shows_every_task,
    effects.keys_are_well_formed,
    effects.objects_are_below_owned_folders,
    waiting.what_people_see_waits_for_its_phase,
)

#: Rules that compare tasks, with the parts of tasks that they read besides label, kind and name: if
#: no task differs in one of them, the result is the same. A rule that is also listed above is then
#: run for each task that differs in anything. Origins only affect messages.
GRAPH_RULES: Mapping[Rule, Sequence[str]] = {
    dates.dates_are_in_order: ("dependencies", *_DATES),
    artifacts.what_is_read_exists_and_is_signed_for: (
        "dependencies",
        "artifacts",
        "implementation",
        "definition.extra.chainOfTrust",
        "definition.payload.features",
        _READ,
    ),
    signatures.published_artifacts_are_signed: (
        "dependencies",
        "attributes",
        "implementation",
        "definition.scopes",
        _READ,
    ),
    locales.every_locale_has_one_task: ("attributes",),
    lifetimes.what_is_read_is_still_there: (
        "dependencies",
        "attributes",
        "definition.payload.artifacts",
        *_DATES,
    ),
    services.treeherder_shows_tasks_apart: (_SHOWN,),
    services.index_paths_lead_to_one_task: ("definition.routes",),
    services.watched_tasks_wait_for_watched_ones: ("dependencies", _SHOWN),
    writers.every_place_has_one_writer: ("attributes", "effects"),
    reads.what_is_read_is_written_before: (
        "attributes",
        "dependencies",
        "soft_dependencies",
        "effects",
    ),
    downloads.downloads_lead_to_files: ("attributes", "effects"),
    apart.platforms_have_files_of_their_own: (
        "attributes",
        "dependencies",
        "effects",
        "definition.payload.artifactMap",
    ),
    pushes.what_is_pushed_was_uploaded: ("attributes", "effects"),
    families.families_are_complete: ("attributes", "effects"),
    waiting.gates_hold_what_they_name: ("attributes",),
}

#: Rules about places that no task writes, which only apply to graphs of all kinds.
WHOLE_RULES: tuple[Rule, ...] = (
    reads.what_is_read_is_written_before,
    downloads.downloads_lead_to_files,
    pushes.what_is_pushed_was_uploaded,
    families.families_are_complete,
)

#: Every rule of the full graph.
FULL_RULES = tuple(dict.fromkeys((*TASK_RULES, *GRAPH_RULES)))

#: Additional rules for the tasks that a promotion would create after the build phase.
PROMOTION_RULES: tuple[Rule, ...] = (release.nothing_is_compiled_again,)

#: All rules for a promotion; results for bodies are kept while these are made.
RULES: tuple[Callable[..., Iterator[Diagnostic]], ...] = (
    *FULL_RULES,
    queue_and_workers_accept_every_body,
    *PROMOTION_RULES,
)

#: The code for a graph that is well-formed but not allowed.
_POLICY = "G310"


@attrs.frozen
class Checked:
    """The results of rules, and the names of the parameters that they read; None for all."""

    found: tuple[Diagnostic, ...]
    names: frozenset[str] | None


def check_rules(
    rules: Sequence[Rule], graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> tuple[Diagnostic, ...]:
    """All violations of the rules, in their order."""
    return _check(rules, graph, parameters, config).found


def _check(
    rules: Sequence[Rule], graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Checked:
    def check(rule: Rule) -> Checked:
        seen = NotedParameters(parameters)
        found = tuple(rule(graph, seen, config))
        return Checked(found, seen.names)

    return _joined(on_two_processors(check, rules, size=len(graph)))


def _joined(checked: Iterable[Checked]) -> Checked:
    every = [*checked]
    found = tuple(chain.from_iterable(one.found for one in every))
    names = frozenset(chain.from_iterable(one.names or () for one in every))
    return Checked(found, None if any(one.names is None for one in every) else names)


def check_full(
    changed: Changed, parameters: Parameters, config: GraphConfig, *, whole: bool
) -> Checked:
    """The violations of `FULL_RULES` in a graph in which only some tasks may have errors.

    `WHOLE_RULES` are skipped unless the graph has all kinds.
    """
    asked = [rule for rule in FULL_RULES if whole or rule not in WHOLE_RULES]
    # Where most tasks are new, finding out in what they differ takes longer than the rules.
    if 2 * len(changed.tasks) > len(changed.graph):
        return _check(asked, changed.graph, parameters, config)
    together = [
        rule for rule, parts in GRAPH_RULES.items() if rule in asked and changed.differs_in(parts)
    ]
    apart = [rule for rule in TASK_RULES if rule not in together]
    return _joined(
        (
            _check(apart, changed.tasks, parameters, config),
            _check(together, changed.graph, parameters, config),
        )
    )


def raise_found(found: Sequence[Diagnostic]) -> None:
    """Raise one error with all violations, if there are any.

    It is `Refused` if the graph is well-formed but breaks rules for releases, and `RelproError`
    otherwise.
    """
    if found:
        is_policy = all(diagnostic.code == _POLICY for diagnostic in found)
        raise (Refused if is_policy else RelproError)(*found)
