"""START HERE. Takes a project and parameters, gives every graph on the way to the queue.

    kinds -> full -> target -> optimized -> morphed

Each stage is made when it is first used, from the previous one, which it never changes. The
decisions of a stage about each label are data beside its graph.
"""

from collections.abc import Mapping
from functools import cached_property, partial
from itertools import chain
from typing import TypeVar

import attrs

from relpro.before import Before, Memory
from relpro.errors import Origin, Refused, raise_all
from relpro.goal import PUSH, Goal
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import Flavor, GraphConfig
from relpro.model.decision import Decision
from relpro.model.kind import Kind
from relpro.model.parameters import NOT_TOLD, Parameters
from relpro.model.phase import Phase
from relpro.morph.index_pool import index_task
from relpro.morph.morph import OFFLINE_ROOT_URL, Morphed, morph
from relpro.optimize.found import Find, nothing_found
from relpro.optimize.interrupted import Exists, begun, nothing_exists
from relpro.optimize.optimize import Optimized, needed_though_never_made, optimize, unknown_labels
from relpro.optimize.strategies import make_strategies
from relpro.project import Project
from relpro.stock.chain import compile_kinds, make_tasks
from relpro.stock.made import Made
from relpro.target.claims import release_id
from relpro.target.existing import existing_for, missing_earlier
from relpro.target.methods import Targeted, method_named, select, select_labels
from relpro.transform.completion import parameters_of, push_method
from relpro.transform.scope import Release
from relpro.transform.seen import Shared
from relpro.transform.whereabouts import located
from relpro.verify import rules
from relpro.verify.bodies import queue_and_workers_accept_every_body
from relpro.verify.changed import Changed
from relpro.verify.full import Sound, demand_sound
from relpro.verify.project import objections
from relpro.verify.rewritten import rewritten
from relpro.verify.sendable import relied_on

#: The creator of tasks made offline, whose ids are never submitted.
OFFLINE_CREATOR = "OFFLINE0TaSkGroupAAAAA"

Stage = TypeVar("Stage", Targeted, Optimized, Morphed)


@attrs.frozen(slots=False)
class Pipeline:
    """The stages of one generation. `find` queries the index, `exists` the queue; offline, neither.

    `memory` saves work, and never changes a result.
    """

    project: Project
    given: Parameters
    goal: Goal = PUSH
    creator: str = OFFLINE_CREATOR
    root_url: str = OFFLINE_ROOT_URL
    find: Find = nothing_found
    exists: Exists = nothing_exists
    memory: Memory = attrs.field(factory=Memory, eq=False, repr=False)

    @classmethod
    def of(
        cls,
        project: Project,
        values: Mapping[str, object],
        goal: Goal = PUSH,
        sources: Mapping[str, Origin] = NOT_TOLD,
    ) -> "Pipeline":
        """A pipeline for parameters of which only some are known, said at `sources`."""
        return cls(project, parameters_of(project, values, sources), goal)

    @property
    def config(self) -> GraphConfig:
        """The graph configuration of the project."""
        return self.project.config

    @cached_property
    def flavor(self) -> Flavor | None:
        """The flavor of the goal; None on a push."""
        return self.goal.flavor_in(self.config, self.product)

    @property
    def product(self) -> str | None:
        """The released product; the first of the project if the goal names none."""
        asked = self.goal.product or self.given.release_product
        return asked or (self.config.products[0] if self.goal.phase else None)

    @cached_property
    def parameters(self) -> Parameters:
        """The parameters of this generation: the given ones, with those of the goal."""
        flavor = self.flavor
        if self.goal.phase is Phase.BUILD:
            return self.given.replace(
                self.config.locations.origin("target-tasks-method"),
                target_tasks_method=push_method(self.config, self.given.values),
            )
        if flavor is None:
            return self.given
        changes = {
            "release_product": flavor.product,
            "target_tasks_method": flavor.target_tasks_method,
            **flavor.parameters,
        }
        return self.given.replace(flavor.origin, **changes)

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds of this generation, each after its dependencies."""
        return self.goal.kinds_in(self.project.kinds)

    @cached_property
    def release(self) -> Release:
        """The variables of the release for templates."""
        self.project.import_transforms()
        return Release.of(self.parameters, self.config)

    # Kept by the memory, which can forget: a generation must not keep those before it.
    @property
    def _before(self) -> Before | None:
        return self.memory.of(self.config, self.parameters)

    @cached_property
    def made(self) -> Made:
        """The result of each kind."""
        self.project.import_transforms()
        known = self.memory.known
        compiled = compile_kinds(self.kinds.values(), self.config, known)
        shared = Shared(self.parameters, self.config, self.release)
        return make_tasks(compiled, self.project, shared, known)

    @property
    def _alike(self) -> Before | None:
        return self.memory.alike(self.config, self.parameters, self.made)

    @property
    def _made_decisions(self) -> tuple[Decision, ...]:
        return tuple(one for kind in self.made.values() for one in kind.decisions)

    @property
    def full(self) -> TaskGraph:
        """Every task that the kinds make. Raises `RelproError` if the graph has errors."""
        return self._sound.graph

    @cached_property
    def _sound(self) -> Sound:
        twin = self.memory.twin(self.made)
        if twin and twin.is_of(self.parameters):
            return twin
        alike, before = self._alike, self._before
        tasks = tuple(chain.from_iterable(kind.tasks for kind in self.made.values()))
        graph = alike.full.with_tasks(tasks) if alike else TaskGraph.build(tasks)
        changed = Changed.whole(graph)
        if before and before.is_current:
            changed = Changed.since(before.full, graph, alike=alike is not None)
        decisions = self._made_decisions
        sound = demand_sound(changed, decisions, self.kinds, self.parameters, self.project)
        return sound.also_of(before.sound) if before else sound

    @cached_property
    def _shown(self) -> TaskGraph:
        """The full graph without bodies, as target methods see it."""
        shown = chain.from_iterable(kind.shown for kind in self.made.values())
        return self.full.with_tasks(tuple(shown))

    @cached_property
    def target(self) -> Targeted:
        """The selected tasks, and in its graph also their dependencies."""
        return self._verified("target-graph", self._targeted())

    def _verified(self, stage: str, found: Stage) -> Stage:
        """A stage that passes the project's verifications. Raises `RelproError`."""
        raise_all(objections(stage, lambda: found.graph, self.parameters, self.config))
        return found

    def _targeted(self) -> Targeted:
        if self._alike:
            was = self._alike.target
            return attrs.evolve(was, graph=was.graph.with_tasks_of(self.full))
        if self.goal.labels:
            return select_labels(self.full, self.goal.labels)
        method = method_named(self.parameters["target_tasks_method"], self.config)
        found = select(self._shown, method, parameters=self.parameters, config=self.config)
        return attrs.evolve(found, graph=found.graph.with_tasks_of(self.full))

    @cached_property
    def existing(self) -> Mapping[str, str]:
        """Label -> task id of existing tasks.

        The record in the parameters covers phases up to its own. Later ones, and all earlier ones
        if nothing is recorded, are assumed complete, unless the goal is fresh or has no phase.
        """
        if self._alike:
            return self._alike.existing
        recorded, flavor = self.given.existing_tasks, self.flavor
        if self.goal.phase is Phase.BUILD:
            return {}
        if self.goal.fresh or self.goal.recorded_only or flavor is None:
            return recorded
        push = push_method(self.config, self.given.values)
        given, config = self.given, self.config
        return existing_for(flavor, self.full, self._shown, push, parameters=given, config=config)

    @property
    def rebuild_kinds(self) -> tuple[str, ...]:
        """Kinds that may be made again although they exist: of configuration, flavor and goal."""
        flavor = self.flavor.rebuild_kinds if self.flavor else ()
        return (*self.config.rebuild_kinds, *flavor, *self.goal.rebuild_kinds)

    @cached_property
    def optimized(self) -> Optimized:
        """The tasks that this generation creates, and those that it reuses.

        Raises `Refused` (O603) for missing earlier tasks, `RelproError` (O604) for unknown labels.
        """
        return self._verified("optimized", self._optimized())

    def _optimized(self) -> Optimized:
        if self._alike:
            was = self._alike.optimized
            return attrs.evolve(was, graph=was.graph.with_tasks_of(self.full))
        if not self.goal.kinds:
            raise_all(unknown_labels(self.full, self.parameters["do_not_optimize"]))
        graph = self.target.graph
        kept = begun(graph, self.creator, self.exists)
        where = partial(self.config.locations.origin, "optimization-strategies")
        with located(self.kinds):
            optimized = optimize(
                graph,
                self.target.labels,
                parameters=self.parameters,
                existing_tasks=self.existing,
                do_not_optimize=(*self.parameters["do_not_optimize"], *kept),
                strategies=make_strategies(graph, self.find, self.config.strategies, where),
            )
        raise_all(needed_though_never_made(optimized))
        if self.flavor is not None and not self.goal.fresh:
            missing = missing_earlier(
                optimized.graph,
                self.flavor.phase,
                self.existing,
                rebuild_kinds=self.rebuild_kinds,
                asked_for=self.parameters["do_not_optimize"],
                decisions=optimized.decisions,
            )
            if found := tuple(missing):
                raise Refused(*found)
        return optimized

    @cached_property
    def created(self) -> Optimized:
        """What is to be created, after the morphs of the project."""
        whole = len(self.kinds) == len(self.project.kinds)
        return rewritten(self.optimized, self.full, self.parameters, self.config, whole=whole)

    @property
    def release_id(self) -> str | None:
        """The id of a task that only one group can have; None on a push, and with `again`."""
        if self.flavor is None or self.goal.fresh or self.goal.again:
            return None
        return release_id(self.flavor, self.parameters, self.config)

    @cached_property
    def morphed(self) -> Morphed:
        """The tasks exactly as the queue will get them. Raises `RelproError` where it would not."""
        with relied_on(self.created.graph):
            morphed = morph(
                self.created,
                creator=self.creator,
                root_url=self.root_url,
                index_task=index_task(self.config, self.release),
                first_id=None if self.creator == OFFLINE_CREATOR else self.release_id,
                refused=queue_and_workers_accept_every_body,
                before=self.memory.before.morphed if self.memory.before else None,
            )
        more = rules.PROMOTION_RULES if self.flavor and not self.goal.fresh else ()
        found = rules.check_rules(more, morphed.unresolved, self.parameters, self.config)
        rules.raise_found((*morphed.refused, *found))
        return self._verified("morphed", morphed)

    @property
    def whole(self) -> Before:
        """Every stage, for the next generation. Raises `RelproError` if there is any error."""
        decided = (self.target, self.existing, self.optimized, self.morphed)
        return Before(self.config, self.parameters, self.made, self._sound, *decided)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision of every stage, in the order of the stages."""
        stages = (self.target, self.created, self.morphed)
        return (*self._made_decisions, *(one for stage in stages for one in stage.decisions))
