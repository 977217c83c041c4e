"""START HERE. Takes a project and parameters, gives every graph on the way to the queue.

    kinds -> full -> target -> optimized -> morphed

Each stage is made when first asked for, from the one before it, and never changes it. What a stage
decided about each label is data beside its graph.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs

from relpro.errors import Diagnostic, Refused, RelproError, raise_all
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import Flavor, GraphConfig
from relpro.model.decision import Decision
from relpro.model.kind import Kind
from relpro.model.parameters import Parameters
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.morph.index_pool import index_task
from relpro.morph.morph import OFFLINE_ROOT_URL, Morphed, morph
from relpro.optimize.found import Find, nothing_found
from relpro.optimize.interrupted import Exists, begun, nothing_exists
from relpro.optimize.optimize import Optimized, optimize, unknown_labels
from relpro.optimize.strategies import make_strategies
from relpro.project import Project
from relpro.stock.chain import CompiledKind, compile_kind, make_tasks
from relpro.target.claims import release_id
from relpro.target.existing import assume_earlier, built_for, earlier_targets, missing_earlier
from relpro.target.methods import Targeted, method_named, select, select_labels
from relpro.target.named import named, unknown
from relpro.transform.completion import complete
from relpro.transform.scope import Release
from relpro.transform.whereabouts import at_their_lines
from relpro.verify import rules
from relpro.verify.bodies import queue_and_workers_accept_every_body
from relpro.verify.lookalikes import references_in_vain
from relpro.verify.soft_dependencies import unsatisfiable

#: Whose child the tasks are where no decision task has run: ids made offline are never submitted.
OFFLINE_CREATOR = "OFFLINE0TaSkGroupAAAAA"


@attrs.frozen
class Goal:
    """What is asked of a project.

    Without a `phase`, what the target method of the parameters selects. With one, what that phase
    of `product` creates, earlier phases having run; `fresh` takes nothing as having run. `flavor`
    names a flavor of the release-promotion action, where phase and product do not tell it. `kinds`
    limits the work to some kinds and what they depend on.

    `labels` are wanted in place of what a target method selects. `rebuild_kinds` are made anew
    besides those of configuration and flavor. `recorded_only` believes the parameters in what
    exists, and takes nothing as having run that they do not record. `again` makes a release that
    was made before.
    """

    phase: Phase | None = None
    product: str | None = None
    flavor: str | None = None
    fresh: bool = False
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    rebuild_kinds: tuple[str, ...] = ()
    recorded_only: bool = False
    again: bool = False


@attrs.frozen(slots=False)
class Pipeline:
    """The stages of one generation. `find` asks the index, `exists` the queue; offline: nothing."""

    project: Project
    given: Parameters
    goal: Goal = Goal()
    creator: str = OFFLINE_CREATOR
    root_url: str = OFFLINE_ROOT_URL
    find: Find = nothing_found
    exists: Exists = nothing_exists

    @classmethod
    def of(
        cls,
        project: Project,
        values: Mapping[str, Any],
        goal: Goal = Goal(),
    ) -> "Pipeline":
        """A pipeline for parameters of which only some are known."""
        parameters = complete(
            project.config,
            checkout={} if "head_rev" in values else project.checkout,
            inputs=project.inputs,
            given=values,
            folder=project.root.resolve().name,
        )
        return cls(project, parameters, goal)

    @property
    def config(self) -> GraphConfig:
        """The graph configuration of the project."""
        return self.project.config

    @cached_property
    def flavor(self) -> Flavor | None:
        """The flavor that the goal asks for; None on a push."""
        if self.goal.flavor:
            return named("flavor", self.goal.flavor, self.config.flavors)
        phase, product = self.goal.phase, self.product
        if phase is None or product is None:
            return None
        if product not in self.config.products:
            raise unknown("product", product, self.config.products)
        flavor = self.config.flavor_for(phase, product)
        if flavor is None and phase is not Phase.BUILD:
            what = f"no flavor runs phase `{phase.value}` of `{product}`"
            raise RelproError(Diagnostic("O605", what, (self.config.origin,)))
        return flavor

    @property
    def product(self) -> str | None:
        """The product that is released; the first of the project where a phase names none."""
        asked = self.goal.product or self.given.release_product
        return asked or (self.config.products[0] if self.goal.phase else None)

    @cached_property
    def parameters(self) -> Parameters:
        """The parameters of this generation: those given, with what the goal says of them."""
        flavor = self.flavor
        if self.goal.phase is Phase.BUILD:
            return self.given.replace(target_tasks_method=self._push_method)
        if flavor is None:
            return self.given
        changes = {
            "release_product": flavor.product,
            "target_tasks_method": flavor.target_tasks_method,
            **flavor.parameters,
        }
        return self.given.replace(**changes)

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds of this generation, each after those it depends on."""
        kinds = self.project.kinds
        if not self.goal.kinds:
            return kinds
        wanted: set[str] = set()
        pending = [named("kind", name, kinds).name for name in self.goal.kinds]
        while pending:
            name = pending.pop()
            if name not in wanted:
                wanted.add(name)
                pending += kinds[name].dependencies
        return {name: kind for name, kind in kinds.items() if name in wanted}

    @cached_property
    def release(self) -> Release:
        """What templates may name."""
        self.project.import_transforms()
        return Release.of(self.parameters, self.config)

    @cached_property
    def _made(self) -> tuple[tuple[Task, ...], tuple[Decision, ...]]:
        self.project.import_transforms()
        compiled: list[CompiledKind] = []
        problems: list[Diagnostic] = []
        for kind in self.kinds.values():
            try:
                compiled.append(compile_kind(kind, self.config))
            except RelproError as error:
                problems += error.diagnostics
        raise_all(problems)
        return make_tasks(compiled, self.project, self.parameters, self.release)

    @cached_property
    def full(self) -> TaskGraph:
        """Every task that the kinds make. Raises `RelproError` for what cannot be right."""
        tasks, decisions = self._made
        graph = TaskGraph.build(tasks)
        raise_all(unsatisfiable(graph, decisions, self.project.kinds, self.kinds))
        raise_all(references_in_vain(graph, self.kinds))
        found = rules.check_rules(rules.FULL_RULES, graph, self.parameters, self.config)
        rules.raise_found(at_their_lines(found, self.kinds))
        return graph

    @cached_property
    def target(self) -> Targeted:
        """The tasks that are wanted, and in its graph everything that they need."""
        if self.goal.labels:
            return select_labels(self.full, self.goal.labels)
        method = method_named(self.parameters["target_tasks_method"], self.config)
        return select(self.full, method, parameters=self.parameters, config=self.config)

    @cached_property
    def existing(self) -> Mapping[str, str]:
        """Label -> task id of what exists already.

        What the parameters record speaks for the phases before the one that they were made for.
        Later phases, and all of them where nothing is recorded, are taken as complete; unless the
        goal is fresh, or no phase.
        """
        recorded, flavor = self.given.existing_tasks, self.flavor
        if self.goal.phase is Phase.BUILD:
            return {}
        if self.goal.fresh or self.goal.recorded_only or flavor is None:
            return recorded
        since = self._recorded_phase if recorded else Phase.BUILD
        earlier = earlier_targets(
            self.full,
            flavor.phase,
            flavor.product,
            self._push_method,
            since=since,
            parameters=self.given,
            config=self.config,
        )
        built = built_for(self.full, flavor.product) if since is Phase.BUILD else ()
        return {**assume_earlier(self.full, earlier, built), **recorded}

    @property
    def _recorded_phase(self) -> Phase:
        """The phase that the parameters were made for."""
        method = self.given["target_tasks_method"]
        phases = [f.phase for f in self.config.flavors.values() if f.target_tasks_method == method]
        return min(phases, default=Phase.BUILD, key=lambda phase: phase.rank)

    @property
    def _push_method(self) -> str:
        """The target method of the push from which this release comes."""
        unsaid = ("target_tasks_method", "tasks_for")
        values = {name: value for name, value in self.given.values.items() if name not in unsaid}
        push = complete(self.config, checkout={}, inputs={}, given=values)
        return str(push["target_tasks_method"])

    @property
    def rebuild_kinds(self) -> tuple[str, ...]:
        """Kinds that may be made anew although they exist: of configuration, flavor and goal."""
        flavor = self.flavor.rebuild_kinds if self.flavor else ()
        return (*self.config.rebuild_kinds, *flavor, *self.goal.rebuild_kinds)

    @cached_property
    def optimized(self) -> Optimized:
        """The tasks that this generation creates, and what it reuses.

        Raises `Refused` (O603) for missing earlier tasks, `RelproError` (O604) for unknown labels.
        """
        if not self.goal.kinds:
            raise_all(unknown_labels(self.full, self.parameters["do_not_optimize"]))
        kept = begun(self.target.graph, self.creator, self.exists)
        optimized = optimize(
            self.target.graph,
            self.target.labels,
            parameters=self.parameters,
            existing_tasks=self.existing,
            do_not_optimize=(*self.parameters["do_not_optimize"], *kept),
            strategies=make_strategies(self.target.graph, self.find, self.config.strategies),
        )
        if self.flavor is not None and not self.goal.fresh:
            missing = missing_earlier(
                optimized.graph,
                self.flavor.phase,
                self.existing,
                rebuild_kinds=self.rebuild_kinds,
                asked_for=self.parameters["do_not_optimize"],
            )
            if found := tuple(missing):
                raise Refused(*found)
        return optimized

    @property
    def first_id(self) -> str | None:
        """The id of the first task, where only one group may have it; None on a push."""
        is_offline = self.creator == OFFLINE_CREATOR
        if self.flavor is None or self.goal.fresh or self.goal.again or is_offline:
            return None
        return release_id(self.flavor, self.parameters, self.config)

    @cached_property
    def morphed(self) -> Morphed:
        """The tasks exactly as the queue will get them. Raises `RelproError` where it would not."""
        morphed = morph(
            self.optimized,
            creator=self.creator,
            root_url=self.root_url,
            index_task=index_task(self.config, self.release),
            first_id=self.first_id,
            refused=queue_and_workers_accept_every_body,
        )
        is_promotion = self.flavor is not None and not self.goal.fresh
        more = rules.PROMOTION_RULES if is_promotion else ()
        found = rules.check_rules(more, morphed.unresolved, self.parameters, self.config)
        rules.raise_found((*morphed.refused, *found))
        return morphed

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision of every stage, in the order of the stages."""
        _, made = self._made
        return (*made, *self.target.decisions, *self.optimized.decisions, *self.morphed.decisions)
