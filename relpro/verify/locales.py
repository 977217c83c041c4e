"""Takes the full graph and the locales of a release, finds missing and duplicate tasks."""

from collections import Counter
from collections.abc import Iterator, Mapping

from voluptuous import Schema

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.counted import listed
from relpro.model.parameters import Parameters
from relpro.model.policy import Localisation
from relpro.model.task import Draft, Json, Task
from relpro.stock.locales import LISTED, locales_of
from relpro.transform.compiler import compile_template
from relpro.transform.misfit import fits
from relpro.transform.scope import Release, TaskScope
from relpro.transform.template import Unrenderable
from relpro.values import text
from relpro.values.wording import shown
from relpro.verify.patterns import Patterns

#: A product and a build platform.
Build = tuple[str, str]

_NAMED = 5

_LISTED, _TEXT = Schema(LISTED), Schema(text)


def every_locale_has_one_task(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Each localizing kind has exactly one task for each locale of each platform (G310)."""
    demand = config.policy.localisation
    if demand is None:
        return
    made = _tasks_of(graph, demand)
    examples = {build: tasks[0] for builds in made.values() for build, tasks in builds.items()}
    try:
        wanted = _wanted(examples, demand, Release.of(parameters, config))
    except Unrenderable as problem:
        what = f"`policy.localisation`: {problem.what}"
        yield Diagnostic(problem.code, what, (config.policy.origin,), remedy=problem.remedy)
        return
    for kind, builds in made.items():
        platforms = Patterns.of(demand.kinds[kind])
        for build, locales in wanted.items():
            if platforms.match(build[1]) or build in builds:
                yield from _differences(kind, build, builds.get(build, []), locales, examples)


def _tasks_of(graph: TaskGraph, demand: Localisation) -> Mapping[str, dict[Build, list[Task]]]:
    """Kind -> build -> the tasks with locales; kinds without tasks are left out."""
    made: dict[str, dict[Build, list[Task]]] = {}
    for task in graph:
        if task.kind in demand.kinds:
            builds = made.setdefault(task.kind, {})
            if locales_in(task):
                attributes = task.attributes
                build = (attributes.get("shipping_product") or "", attributes["build_platform"])
                builds.setdefault(build, []).append(task)
    return made


def locales_in(task: Task) -> tuple[str, ...]:
    """The locales of a task: several if it works on a chunk; a task without one has en-US."""
    locale = task.attributes.get("locale")
    if locale:
        return () if locale == "en-US" else (locale,)
    return tuple(task.attributes.get("chunk_locales") or ())


def _wanted(
    examples: Mapping[Build, Task], demand: Localisation, release: Release
) -> Mapping[Build, tuple[str, ...]]:
    """Build -> its locales, sorted. Raises `Unrenderable`."""
    changesets, platform = map(compile_template, (demand.changesets, demand.platform))
    wanted = {}
    for build, task in examples.items():
        draft = Draft(task.name, task.origin, task.attributes, {}, {})
        scope = TaskScope(task.kind, draft, {}, release)
        listed, name = changesets.render(scope) or {}, platform.render(scope)
        _demand("changesets", listed, _LISTED, "a mapping by locale")
        _demand("platform", name, _TEXT, "text")
        wanted[build] = locales_of(listed, name)
    return wanted


def _demand(key: str, value: Json, schema: Schema, words: str) -> None:
    if not fits(schema, value):
        what = f"`{key}` must be {words}, and is rendered to {shown(value)}"
        raise Unrenderable("T403", what)


def _differences(
    kind: str,
    build: Build,
    tasks: list[Task],
    wanted: tuple[str, ...],
    examples: Mapping[Build, Task],
) -> Iterator[Diagnostic]:
    counts = Counter(locale for task in tasks for locale in locales_in(task))
    place = (tasks[0] if tasks else examples[build]).origin
    for fault, locales in (
        ("has no task for", [locale for locale in wanted if locale not in counts]),
        ("has more than one task for", [name for name, count in counts.items() if count > 1]),
        ("has a task for", sorted(counts.keys() - set(wanted))),
    ):
        if locales:
            unknown = ", which the changesets do not list" if fault == "has a task for" else ""
            what = f"kind `{kind}` {fault} {listed(locales, _NAMED)} of `{build[1]}`{unknown}"
            yield Diagnostic("G310", what, (place,), f"product `{build[0]}`" if build[0] else "")
