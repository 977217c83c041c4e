"""Takes the full graph and its selections, finds names in selections that nothing has.

Such a name is usually misspelt: its rule has no effect, or its task silently never runs. Some may
be intended for later, so these are warnings.
"""

import re
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase

from relpro.errors import Diagnostic, Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import EVERYWHERE, Gate, GraphConfig
from relpro.model.counted import listed
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.stock.signoff import KIND as GATES
from relpro.transform.template import variable, written
from relpro.values.patterns import Pattern

Named = Iterator[tuple[str, Origin, str]]

#: What a pattern of branches may match, if the configuration has `*`.
_SAMPLES = ("x", "1", "1.0", "x/1.0")
_NAMED = 5


def selected_in_vain(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """A diagnostic (O613) for each name or pattern in a selection that nothing has.

    Checked are branches and projects of tasks, projects behind aliases, attributes in target
    methods, platforms in the policy, sign-offs, and what a gate holds back.
    """
    yield from _branches(graph, config)
    yield from _projects(graph, config)
    yield from _aliased(config)
    yield from _attributes(graph, config)
    yield from _platforms(graph, config)
    yield from _sign_offs(graph, parameters)
    yield from _gates(graph, config)


def _branches(graph: TaskGraph, config: GraphConfig) -> Iterator[Diagnostic]:
    """Patterns of branches; for Mercurial only if the projects list their branches."""
    projects = config.projects.values()
    for system, declared in (
        ("git", {name for project in projects for name in project.branches}),
        ("hg", {name for project in projects for name in project.hg_branches}),
    ):
        if declared:
            what = (
                f"`run-on-{system}-branches` says `{{}}`, which no branch of `projects` is called"
            )
            attribute = f"run_on_{system}_branches"
            yield from _of_tasks(graph, attribute, _of_a_branch(declared), what, declared)


def _of_a_branch(declared: Collection[str]) -> Callable[[str], bool]:
    """A test whether a pattern can match a declared branch."""
    there = tuple(name.replace("*", sample) for name in sorted(declared) for sample in _SAMPLES)

    def is_there(pattern: str) -> bool:
        return pattern == EVERYWHERE or any(map(Pattern.of(pattern).fullmatch, there))

    return is_there


def _projects(graph: TaskGraph, config: GraphConfig) -> Iterator[Diagnostic]:
    """Names of projects set by a transform; those in entries are checked when they are loaded."""
    known = {*config.project_names, EVERYWHERE}
    if config.projects:
        what = "`run-on-projects` says `{}`, which no project is called"
        yield from _of_tasks(graph, "run_on_projects", known.__contains__, what, known)


def _of_tasks(
    graph: TaskGraph,
    attribute: str,
    is_there: Callable[[str], bool],
    what: str,
    known: Collection[str],
) -> Iterator[Diagnostic]:
    judged: dict[str, bool] = {}
    for task in graph:
        for said in task.attributes.get(attribute) or ():
            if said not in judged:
                judged[said] = is_there(said)
            if not judged[said]:
                remedy = meant(said, known, f"there are {listed(sorted(known), _NAMED)}")
                where, context = (task.origin,), f"task `{task.label}`"
                yield Diagnostic("O613", what.format(said), where, context, remedy=remedy)


def _aliased(config: GraphConfig) -> Iterator[Diagnostic]:
    """Projects of an alias whose names are almost those of declared ones."""
    for alias, names in config.project_aliases.items():
        for item, name in enumerate(names):
            close = "" if name in config.projects else meant(name, config.projects)
            if close and not _is_variant(name, config.projects):
                where = config.locations.origin("project-aliases", alias, item)
                what = f"alias `{alias}` names `{name}`, which no project is called"
                yield Diagnostic("O613", what, (where,), remedy=close)


def _is_variant(name: str, projects: Collection[str]) -> bool:
    """Whether a name is that of a project plus a suffix, as for pull requests."""
    return any(name.startswith(f"{project}-") for project in projects)


def _attributes(graph: TaskGraph, config: GraphConfig) -> Iterator[Diagnostic]:
    methods = config.target_methods.values()
    declared = {*map(variable, config.attributes)}
    missing = {name for method in methods for name in method.match_any} - declared
    if not missing:
        return
    had = {name for task in graph for name in task.attributes}
    for method in methods:
        for name in method.match_any:
            if name in missing - had:
                what = f"`match-any` of target method `{method.name}` names attribute"
                remedy = meant(written(name), map(written, declared | had))
                where = (method.origin,)
                what = f"{what} `{written(name)}`, which no task has"
                yield Diagnostic("O613", what, where, remedy=remedy)


def _platforms(graph: TaskGraph, config: GraphConfig) -> Iterator[Diagnostic]:
    """Patterns of build platforms.

    Not every release has all, so platforms in entries count, too.
    """
    platforms = (task.attributes.get("build_platform") for task in graph)
    built = {name for name in platforms if isinstance(name, str)}
    known = sorted(built.union(*map(_texts, config.variables.values())))
    for pattern, where, by in _platform_patterns(config) if built else ():
        if not any(fnmatchcase(name, pattern) for name in known):
            what = f"{by} names platform `{pattern}`, which no task has"
            plain = re.sub(r"[*?]", "", pattern)
            remedy = meant(plain, built, f"there are {listed(sorted(built), _NAMED)}")
            yield Diagnostic("O613", what, (where,), remedy=remedy)


def _platform_patterns(config: GraphConfig) -> Named:
    locations, policy = config.locations, config.policy
    if policy.notarization:
        for item, pattern in enumerate(policy.notarization.platforms):
            where = locations.origin("policy", "notarization", "platforms", item)
            yield pattern, where, "`notarization` of the policy"
    if policy.localisation:
        for kind, patterns in policy.localisation.kinds.items():
            for item, pattern in enumerate(patterns):
                where = locations.origin("policy", "localisation", "kinds", kind, item)
                yield pattern, where, "`localisation` of the policy"


def _texts(value: object) -> Iterator[str]:
    """Every text in a keyed value, except the keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _sign_offs(graph: TaskGraph, parameters: Parameters) -> Iterator[Diagnostic]:
    if asked := parameters.get("required_signoffs"):
        waited = {name for task in graph for name in task.attributes.get("required_signoffs") or ()}
        for name in sorted({*asked} - waited):
            what = f"parameter `required_signoffs` names `{name}`, for which no task waits"
            remedy = meant(name, waited, "remove it")
            yield Diagnostic("O613", what, (Origin("the parameters"),), remedy=remedy)


def _gates(graph: TaskGraph, config: GraphConfig) -> Iterator[Diagnostic]:
    """Gates that hold back no task, although their product has tasks in their phase."""
    if not config.gates:
        return
    made = {
        (task.attributes.get("shipping_phase"), task.product, task.kind)
        for task in graph
        if task.kind != GATES
    }
    for gate in config.gates:
        kinds = {kind for phase, product, kind in made if (phase, product) == _of(gate)}
        if kinds and not kinds.intersection(gate.before):
            roles = listed(gate.roles, _NAMED)
            release = f"phase `{gate.phase.value}` of `{gate.product}`"
            what = f"the gate of {roles} holds nothing in {release}"
            remedy = f"name kinds under `before` that are: {listed(sorted(kinds), _NAMED)}"
            why = f"no task of {listed(gate.before, _NAMED)} is in it"
            yield Diagnostic("O613", what, (gate.origin,), why=why, remedy=remedy)


def _of(gate: Gate) -> tuple[str, str]:
    return gate.phase.value, gate.product
