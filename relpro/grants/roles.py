"""Takes a project, gives the roles that a Taskcluster needs for it, and the reason for each scope.

`.taskcluster.yml` is rendered for every event: its task has a role, a project and a level. The
other scopes come from the graph that `relpro decision` would make; for an action, from the graphs
of every flavor, or those that a push may make again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import attrs

from relpro.actions.every import actions_for
from relpro.actions.happenings import Happening, asked, happenings
from relpro.actions.template import environment_of, first_entry, lets_strangers_run, task_of
from relpro.before import Memory
from relpro.decision import Event, decision_parameters
from relpro.errors import Diagnostic, RelproError
from relpro.goal import PUSH, Goal
from relpro.grants.moving import EVER, Moving
from relpro.model.config import Flavor
from relpro.model.parameters import EVENT, Parameters, Said
from relpro.model.phase import Phase
from relpro.parameters.known import VARIABLES
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.stock.made import Made
from relpro.submit.scopes import AnyOf, Need, needed

#: The need of a scope that creating the decision task itself requires.
ITSELF = "the task itself"

_ASSUME = "assume:"


@attrs.frozen
class Role:
    """A role: its event, and each scope that it needs with the reason."""

    name: str
    about: tuple[str, ...]
    scopes: Mapping[str, tuple[str, ...]]


def roles(
    project: Project,
    template: bytes,
    further: Mapping[str, object],
    *,
    names: tuple[str, ...] = (),
    flavors: tuple[str, ...] = (),
    refused: Callable[[Diagnostic], object] | None = None,
) -> tuple[Role, ...]:
    """The roles of a project, by name.

    `template` is the content of `.taskcluster.yml`. `further` are parameters that events do not
    contain, such as the history of a release. `names` are the projects, `flavors` those of
    releases; by default all in the configuration. `refused` gets a diagnostic (Q707) for each
    flavor that a project cannot have, whose scopes are not needed there; without it, this is an
    error as well. Raises `RelproError` if something cannot be generated.
    """
    asking = _Asking(project, first_entry(template), further, flavors, refused)
    config = project.config
    strangers = lets_strangers_run(template)
    every = (
        *happenings(project.root, config, names, strangers=strangers),
        *asked(actions_for(config), config, names),
    )
    needs: dict[str, dict[AnyOf, set[str]]] = {}
    about: dict[str, list[str]] = {}
    for happening in every:
        for role, choice, what in asking.needs(happening):
            needs.setdefault(role, {}).setdefault(choice, set()).add(what)
            about.setdefault(role, []).append(happening.about)
    return tuple(
        Role(name, tuple(dict.fromkeys(about[name])), least(needs[name])) for name in sorted(needs)
    )


def least(needs: Mapping[AnyOf, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    """A minimal set of scopes that satisfies all needs, each with the reason.

    Of alternatives, one that is granted anyway is preferred; a scope that a wider one covers is
    omitted.
    """
    narrow = [one for one in needs if not any(set(other) < set(one) for other in needs)]
    wide = tuple(choice[0][:-1] for choice in narrow if choice[0].endswith("*"))
    found: dict[str, set[str]] = {}
    for choice in narrow:
        scope = choice[0]
        covering = [one for one in wide if scope.startswith(one) and scope != f"{one}*"]
        kept = f"{min(covering, key=len)}*" if covering else scope
        found.setdefault(kept, set()).update(needs[choice])
    return {scope: tuple(sorted(found[scope])) for scope in sorted(found)}


def graph_needs(pipeline: Pipeline) -> Iterator[Need]:
    """The scopes to create the tasks of a generation, and of all others of its kind."""
    moving = Moving.of(pipeline)
    for task in pipeline.morphed.graph:
        for choice in needed(task.definition):
            yield tuple(map(moving.widened, choice)), task.kind


def _cannot_run(flavor: Flavor, event: Event, error: RelproError) -> Diagnostic:
    found = error.diagnostics
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return Diagnostic(
        "Q707",
        f"flavor `{flavor.name}` cannot run in project `{event.values['project']}`: no scope is"
        " printed for it",
        (flavor.origin,),
        why=f"{found[0].what} ({found[0].code}){more}",
        remedy="name what should run there with `--flavor` or `--project`, or parameters with `-p`",
    )


@attrs.define(eq=False)
class _Asking:
    """The events of one project. Graphs are made once for each project and level.

    A generation reuses the kinds of the last one, `_last`, that do not differ: most flavors of a
    release differ in few of them.
    """

    project: Project
    entry: Any
    further: Mapping[str, Any]
    flavors: tuple[str, ...]
    refused: Callable[[Diagnostic], object] | None
    _made: dict[tuple[Any, ...], tuple[Need, ...]] = attrs.field(factory=dict, init=False)
    _last: tuple[Made, ...] = attrs.field(default=(), init=False)

    def needs(self, happening: Happening) -> Iterator[tuple[str, AnyOf, str]]:
        """Role, alternative scopes, and the reason; nothing if the event makes no task."""
        task = task_of(self.entry, happening)
        if task is None:
            return
        own = {scope for scope in task.get("scopes", ()) if scope.startswith(_ASSUME)}
        for role in own:
            name = EVER.widened(role.removeprefix(_ASSUME))
            for choice in needed(task):
                if own.isdisjoint(choice):
                    yield name, tuple(map(EVER.widened, choice)), ITSELF
            for choice, what in self._of_graphs(happening, task):
                yield name, choice, what

    def _of_graphs(self, happening: Happening, task: Mapping[str, object]) -> Iterator[Need]:
        config = self.project.config
        env = environment_of(task, config, happening)
        text = {name: str(value) for name, value in env.items()}
        action = happening.action
        if action is not None and action.does in {"rerun", "cancel"}:
            scheduler = task["schedulerId"]
            yield (f"queue:{action.does}-task:{scheduler}/*",), f"action {action.cb_name}"
            return
        event = Event.read(text, config.source_env_prefix, happening.arguments)
        goals: Iterable[Goal] = (PUSH,)
        if action is not None and action.does == "release":
            wanted = self.flavors or tuple(config.flavors)
            goals = tuple(Goal(flavor=name) for name in wanted)
        make = partial(self._needs_of, event, again=action is not None and action.does == "create")
        own = tuple(action.generates(config)) if action is not None else ()
        if own:
            for changes in own:
                yield from self._generated(event, PUSH, changes, again=False)
            return
        for goal in goals:
            try:
                yield from make(goal)
            except RelproError as error:
                if self.refused is None or goal.flavor is None:
                    raise
                self.refused(_cannot_run(config.flavors[goal.flavor], event, error))

    def _needs_of(self, event: Event, goal: Goal, *, again: bool) -> Iterable[Need]:
        told = event.values
        branch = told.get("head_ref"), told.get("head_tag"), told.get("target_tasks_method")
        key = (told["project"], told["level"], told["tasks_for"], branch, goal, again)
        if key not in self._made:
            self._made[key] = tuple(self._generated(event, goal, {}, again=again))
        return self._made[key]

    def _generated(
        self, event: Event, goal: Goal, changes: Mapping[str, object], *, again: bool
    ) -> Iterator[Need]:
        parameters = self._parameters(event).replace(EVENT, **changes)
        pipeline = self._pipeline(parameters, goal)
        if again:
            labels = tuple(
                task.label for task in pipeline.full if task.phase in {None, Phase.BUILD}
            )
            pipeline = self._pipeline(parameters, Goal(labels=labels)) if labels else pipeline
        return graph_needs(pipeline)

    def _pipeline(self, parameters: Parameters, goal: Goal) -> Pipeline:
        pipeline = Pipeline(self.project, parameters, goal, memory=Memory(earlier=self._last))
        self._last = (pipeline.made,)
        return pipeline

    def _parameters(self, event: Event) -> Parameters:
        further = {name: value for name, value in self.further.items() if name not in VARIABLES}
        return decision_parameters(self.project, event, Said(further))
