"""The graph configuration: the typed content of `kinds/config.yml`."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from relpro.errors import Origin
from relpro.model.branch import ProjectSource
from relpro.model.kind import Locations
from relpro.model.phase import Phase
from relpro.model.policy import Policy
from relpro.model.programs import Programs
from relpro.model.release_types import NO_TABLE, ReleaseTypes
from relpro.model.repository import CheckedOut
from relpro.model.run_task import RunTaskSettings

#: The levels of trust.
LEVELS = ("1", "2", "3")

#: Types for a project's own parameters; the default is `anything`.
HELD = ("text", "number", "flag", "anything")

#: From the highest to the lowest priority. Source: the queue, createTask.
PRIORITIES = ("highest", "very-high", "high", "medium", "low", "very-low", "lowest")

#: Operating systems of workers, which decide how commands are written. Source: taskgraph, payload
#: of generic-worker; scriptworkers run no commands.
SYSTEMS = ("linux", "linux-bitbar", "linux-lambda", "macosx", "windows", "scriptworker")

#: The target method that selects nothing: every project has it.
NOTHING = "nothing"

#: The engine's own filters of target methods, besides which a project may have its own functions.
FILTERS = (
    "shipping-phase",
    "product",
    "run-on-projects",
    "run-on-tasks-for",
    "run-on-hg-branches",
    "run-on-git-branches",
    "no-cron",
    "missing-signoffs",
    NOTHING,
)

#: In `run-on-*`, the word that means all.
EVERYWHERE = "all"

#: How long after its creation a task may have its deadline, by the queue's default
#: `maxTaskDeadlineDays`. Source: Taskcluster, services/queue.
LONGEST_DEADLINE = "5 days"

#: Tags such as `v1.2.3`, `V1.2.3` and `1.2.3`.
VERSION_TAGS = r"[vV]?(\d+(?:\.\d+)+.*)"

#: Values of a promotion's input that may differ from those of earlier graphs, if the flavor allows
#: it.
MAY_DIFFER = (
    "version",
    "app_version",
    "build_number",
    "next_version",
    "partial_updates",
    "release_enable_partner_repack",
    "release_enable_partner_attribution",
    "release_enable_emefree",
    "release_partner_build_number",
)

#: A value that may contain `by-*` mappings and `{templates}`; rendered with a task's scope.
Keyed = Any


#: The places of a configuration that was not read from a file.
_NOWHERE = Locations("kinds/config.yml", {})


@attrs.frozen
class WorkerAlias:
    """A project's name for a worker pool.

    `provisioner`, `worker_type` and `worker` may be keyed, for example by level; `implementation`
    names the payload builder and `os` the operating system. `worker` are defaults for the `worker`
    of every task there.
    """

    provisioner: Keyed
    worker_type: Keyed
    implementation: str
    os: str
    origin: Origin = attrs.field(eq=False, repr=False)
    worker: Keyed = attrs.field(factory=dict)


@attrs.frozen
class TargetMethod:
    """A named selection of tasks of the full graph.

    A task is selected if its phase is one of `phases` (None: tasks without a phase; empty: any),
    its product is that of the release (if `match_product`), at least one attribute of `match_any`
    equals its parameter (unless that is empty), and all `filters` accept it: names of `FILTERS`, or
    dotted names of functions. With `asks_history`, a decision with this method looks up the release
    history.
    """

    name: str
    phases: tuple[Phase | None, ...]
    match_product: bool
    match_any: Mapping[str, str]
    filters: tuple[str, ...]
    origin: Origin = attrs.field(eq=False, repr=False)
    asks_history: bool = False


@attrs.frozen
class Flavor:
    """A named request to the release-promotion action.

    `phase` and `product` say what it does; `target_tasks_method` selects its tasks; `rebuild_kinds`
    are made again although earlier graphs have them. `may_differ` are parameters of the input that
    may differ from those of the promoted graph. `parameters` are set unchanged.
    """

    name: str
    phase: Phase
    product: str
    target_tasks_method: str
    version_bump: bool
    partial_updates: bool
    is_rc: bool
    rebuild_kinds: tuple[str, ...]
    do_not_optimize: tuple[str, ...]
    may_differ: tuple[str, ...]
    parameters: Mapping[str, Any]
    origin: Origin = attrs.field(eq=False, repr=False)


@attrs.frozen
class InputParameter:
    """A parameter of the project's own: read from `file` unless given, else `default`.

    `holds` is what it must be, as the configuration says it (`relpro.parameters.holds`), and
    `meaning` what it means, in a sentence.
    """

    name: str
    file: str | None
    default: Any
    origin: Origin = attrs.field(eq=False, repr=False)
    holds: Any = "anything"
    meaning: str = ""

    @property
    def source(self) -> Origin:
        """Where its value is said: its file, else the configuration."""
        return Origin(f"kinds/{self.file}") if self.file else self.origin


@attrs.frozen
class Gate:
    """Who must sign off a phase of a product before anything is published."""

    phase: Phase
    product: str
    roles: tuple[str, ...]
    before: tuple[str, ...]
    origin: Origin = attrs.field(eq=False, repr=False)


@attrs.frozen
class ActionSettings:
    """A project's settings of an action; None keeps those of the action itself.

    `projects` are those that offer it, by name or alias; None means every project. `source` is the
    dotted name of an action of the project's own.
    """

    name: str
    projects: tuple[str, ...] | None
    permission: str | None
    description: str | None
    origin: Origin = attrs.field(eq=False, repr=False)
    source: str | None = None


@attrs.frozen
class GraphConfig:
    """A project's settings, apart from its kinds.

    `variables` are keyed values that templates and `by-*` may use like attributes; `attributes` are
    the meanings of attributes that only some tasks have. `index_types` map an index type to route
    templates. `release_branches` are the projects whose release level is production at level 3.
    `target_tasks_method` is the method of a decision on a push; keyed. `index_task` are the
    settings of tasks that insert index paths of others. `source_env_prefix` is the prefix of
    variables that hold an event: `WIDGETS` of `WIDGETS_HEAD_REV`. `projects` are the projects with
    trusted commits, by name; everything else has level 1. `may_fail` are kinds whose tasks need not
    complete before the next phase. `version_types` and `updates_from` are keyed by facts of a
    release: the allowed forms of its version, and of those from which its users update; None: any.
    `released_locales` names the parameter whose keys are the released locales, besides that of the
    source. `promotion_inputs` are parameters of the project's own that a promotion may set.
    `hooks_owner` gets mail when a hook fails. `version_parser`, `computed`, `verifications` (by
    stage) and `morphs` are dotted names of functions. `version_tags` is a pattern for tags whose
    first group is the version of the tagged tree; None: tags are no versions. `longest_deadline` is
    the longest time from a task's creation to its deadline. `locations` are the places of all
    values. `repositories` are those that tasks check out, the project's own first; `run_task` are
    the settings for that. `programs` are the known sources of programs. `cached_task_prefix` is the
    prefix of index paths of cached tasks; empty: trust domain.
    """

    trust_domain: str
    products: tuple[str, ...]
    transforms_package: str
    project_aliases: Mapping[str, tuple[str, ...]]
    release_branches: tuple[str, ...]
    release_type: Keyed
    level: Keyed
    source_env_prefix: str
    scope_prefix: str
    workers: Mapping[str, WorkerAlias]
    index_products: tuple[str, ...]
    index_types: Mapping[str, tuple[str, ...]]
    treeherder_groups: Mapping[str, str]
    task_priority: Keyed
    task_deadline_after: Keyed
    task_expires_after: Keyed
    target_tasks_method: Keyed
    target_methods: Mapping[str, TargetMethod]
    flavors: Mapping[str, Flavor]
    rebuild_kinds: tuple[str, ...]
    may_fail: tuple[str, ...]
    version_types: Keyed
    updates_from: Keyed
    released_locales: str | None
    pass_through: tuple[str, ...]
    inputs: Mapping[str, InputParameter]
    variables: Mapping[str, Keyed]
    attributes: Mapping[str, str]
    gates: tuple[Gate, ...]
    projects: Mapping[str, ProjectSource]
    hooks_owner: str
    actions: Mapping[str, ActionSettings]
    look_ups: Mapping[str, Any]
    strategies: Mapping[str, Keyed]
    policy: Policy
    index_task: Mapping[str, Any] | None
    version_parser: str | None
    origin: Origin
    locations: Locations = _NOWHERE
    version_tags: str | None = VERSION_TAGS
    repositories: tuple[CheckedOut, ...] = ()
    cached_task_prefix: str = ""
    run_task: RunTaskSettings = attrs.field(factory=RunTaskSettings)
    programs: Programs = attrs.field(factory=Programs)
    verifications: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    morphs: tuple[str, ...] = ()
    longest_deadline: str = LONGEST_DEADLINE
    promotion_inputs: tuple[str, ...] = ()
    computed: str | None = None
    release_types: ReleaseTypes = NO_TABLE

    @property
    def project_names(self) -> tuple[str, ...]:
        """Names that stand for projects; none if `projects` is not set."""
        if not self.projects:
            return ()
        aliased = (name for names in self.project_aliases.values() for name in names)
        return tuple(dict.fromkeys((*self.projects, *self.project_aliases, *aliased)))

    def names_project(self, names: Iterable[str], project: str) -> bool:
        """Whether a project is among `names`, which may be aliases."""
        return any(
            project == name or project in self.project_aliases.get(name, ()) for name in names
        )

    def action_repositories(self, level: str) -> tuple[str, ...]:
        """The repositories whose actions the hooks of a level may run, without duplicates.

        Scopes of actions belong to a repository, whatever the branch. So no hook of level 1 runs
        for a repository that has a branch of level 3: it would get the scopes of level 3.
        """
        levels: dict[str, str] = {}
        for project in self.projects.values():
            for url in project.repositories:
                levels[url] = max(project.level, levels.get(url, ""))
        return tuple(url for url, highest in levels.items() if highest == level)

    def release_level(self, project: str, level: str) -> str:
        """`production` for a release project at level 3, else `staging`.

        This is the only function that decides it: every choice between real and staging services,
        scopes and signing uses it.
        """
        return "production" if level == "3" and project in self.release_branches else "staging"

    def flavor_for(self, phase: Phase, product: str) -> Flavor | None:
        """The flavor that runs `phase` of `product`; the first one declared wins."""
        return next(
            (f for f in self.flavors.values() if f.phase is phase and f.product == product), None
        )
