"""Takes a graph, finds where it breaks a rule: the rules are listed here, one function each.

A rule is a pure function of graph, parameters and configuration. It says everything that it finds.
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
    places,
    pushes,
    reads,
    references,
    release,
    routes,
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

#: What is checked of each task, by itself and what other kinds see of those that it depends on.
#: The first looks through all payloads, which takes as long as all others together.
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
    places.notify_routes_are_known,
    routes.services_take_every_route,
    treeherder.treeherder_shows_every_task,
    effects.keys_are_well_formed,
    effects.objects_are_below_owned_folders,
    waiting.what_people_see_waits_for_its_phase,
)

#: What is checked of all of them together, by the parts of tasks that it looks at beside label,
#: kind and name: where no task differs in one of them, nothing else can be found. One that stands
#: above as well is, then, checked of each task that differs in anything. Origins only say where.
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
    places.treeherder_shows_tasks_apart: (_SHOWN,),
    places.index_paths_lead_to_one_task: ("definition.routes",),
    places.watched_tasks_wait_for_watched_ones: ("dependencies", _SHOWN),
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

#: What tells of places that no task writes: of some kinds alone, others may.
WHOLE_RULES: tuple[Rule, ...] = (
    reads.what_is_read_is_written_before,
    downloads.downloads_lead_to_files,
    pushes.what_is_pushed_was_uploaded,
    families.families_are_complete,
)

#: Every rule of the full graph.
FULL_RULES = tuple(dict.fromkeys((*TASK_RULES, *GRAPH_RULES)))

#: What is checked besides of what a promotion would create, the build phase having run.
PROMOTION_RULES: tuple[Rule, ...] = (release.nothing_is_compiled_again,)

#: Every rule of a promotion; that of bodies is kept while they are made.
RULES: tuple[Callable[..., Iterator[Diagnostic]], ...] = (
    *FULL_RULES,
    queue_and_workers_accept_every_body,
    *PROMOTION_RULES,
)

#: The code of what is well-formed and not allowed.
_POLICY = "G310"


@attrs.frozen
class Checked:
    """What rules found, and the names of the parameters that they read; None where all."""

    found: tuple[Diagnostic, ...]
    names: frozenset[str] | None


def check_rules(
    rules: Sequence[Rule], graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> tuple[Diagnostic, ...]:
    """Everything that any of the rules finds, in their order."""
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
    """What `FULL_RULES` find in a graph of which only some can be wrong.

    Of a graph that is not of all kinds, `WHOLE_RULES` are not asked.
    """
    asked = [rule for rule in FULL_RULES if whole or rule not in WHOLE_RULES]
    if changed.tasks is changed.graph:
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
    """Raise one error with everything that was found, if anything was.

    It is `Refused` where nothing is wrong with the graph but that a release must not be so, and
    `RelproError` otherwise.
    """
    if found:
        is_policy = all(diagnostic.code == _POLICY for diagnostic in found)
        raise (Refused if is_policy else RelproError)(*found)
