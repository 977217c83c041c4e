"""Takes a task that need not run, gives what to do instead: keep, remove or replace it.

A task's `optimization` is a mapping with one key: `{strategy: argument}`, or a composite, `{"any":
[...]}`, `{"all": [...]}` or `{"not": {...}}`, of such mappings.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from relpro.errors import Diagnostic, Origin, raise_all
from relpro.graph.taskgraph import TaskGraph
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.task import Json, Task
from relpro.optimize.found import Find, nothing_found
from relpro.optimize.offered import INDEX, OFFERED, STRATEGIES, Strategy
from relpro.optimize.outcome import Keep, Outcome, Remove, Replace
from relpro.python.functions import Role, project_function

COMPOSITES = ("any", "all", "not")

#: In an alias, stands for the argument of the task.
_ARGUMENT = "{argument}"


def _nowhere(*_path: str) -> Origin:
    return Origin("kinds/config.yml")


def make_strategies(
    target: TaskGraph,
    find: Find = nothing_found,
    aliases: Mapping[str, Any] | None = None,
    origin: Callable[..., Origin] = _nowhere,
) -> Mapping[str, Strategy]:
    """The strategies for the tasks of `target`, by name.

    `aliases` are the project's own names: name -> an optimization, or the dotted name of a function
    of the project. The value `{argument}` stands for the task's argument. An alias may use earlier
    ones. `origin` gives the place of a name in the configuration. Raises one `RelproError` with
    everything wrong with composites (O602), or one (K252) for a function that cannot be found.
    """
    project = aliases or {}
    paths: dict[str, None] = {}
    for task in target:
        if task.optimization is not None:
            asked = arguments_of(INDEX, task.optimization, project)
            paths.update(dict.fromkeys(path for argument in asked for path in argument))
    strategies: dict[str, Strategy] = {row.name: row.make(find, tuple(paths)) for row in STRATEGIES}
    problems: list[Diagnostic] = []
    for name, composite in project.items():
        if isinstance(composite, str) and "." in composite:
            strategies[name] = _of_project(name, composite, origin(name))
            continue
        for problem, unknown in problems_of(composite, strategies):
            remedy = suggestion(unknown, strategies) if unknown else ""
            what = f"optimization strategy `{name}` of the configuration {problem}"
            problems.append(Diagnostic("O602", what, remedy=remedy))
        strategies[name] = _alias(composite, strategies)
    raise_all(problems)
    return strategies


def _of_project(name: str, function: str, where: Origin) -> Strategy:
    """The strategy for a function of the project."""
    words = "`Keep`, `Remove` or `Replace` of relpro"
    named_by = f"optimization strategy `{name}`"
    role = Role(named_by, where, "K252", "task, argument, parameters", Outcome, words=words)
    strategy: Strategy = project_function(function, role)
    return strategy


def _alias(composite: Mapping[str, object], strategies: Mapping[str, Strategy]) -> Strategy:
    def alias(task: Task, argument: object, parameters: Parameters) -> Outcome:
        return evaluate(_fill(composite, argument), task, parameters, strategies)

    return alias


def arguments_of(
    strategy: str, optimization: object, aliases: Mapping[str, object]
) -> Iterator[Sequence[Any]]:
    """The lists that an optimization passes to a strategy, also through aliases.

    An alias may only use earlier ones.
    """
    for name, argument in leaves(optimization):
        if name == strategy and isinstance(argument, list | tuple):
            yield argument
        elif name in aliases:
            earlier = {one: aliases[one] for one in takewhile(name.__ne__, aliases)}
            yield from arguments_of(strategy, _fill(aliases[name], argument), earlier)


def _fill(composite: object, argument: object) -> Json:
    if composite == _ARGUMENT:
        return argument
    if isinstance(composite, Mapping):
        return {name: _fill(value, argument) for name, value in composite.items()}
    if isinstance(composite, list | tuple):
        return [_fill(value, argument) for value in composite]
    return composite


def leaves(optimization: object) -> Iterator[tuple[str, object]]:
    """The (strategy, argument) pairs of an optimization, including those in composites."""
    if isinstance(optimization, Mapping):
        for name, argument in optimization.items():
            if name not in COMPOSITES:
                yield name, argument
            for part in _parts(name, argument):
                yield from leaves(part)


def problems_of(
    optimization: object, strategies: Mapping[str, Strategy]
) -> Iterator[tuple[str, str]]:
    """The errors in an optimization, and the unknown strategy if that is the error."""
    if not isinstance(optimization, Mapping) or len(optimization) != 1:
        yield "must have an `optimization` that is one strategy with its argument", ""
        return
    for name, argument in optimization.items():
        if name in COMPOSITES:
            if name != "not" and not isinstance(argument, list | tuple):
                yield f"must have a list under `{name}`", ""
                continue
            for part in _parts(name, argument):
                yield from problems_of(part, strategies)
        elif name in OFFERED:
            if argument != _ARGUMENT:
                yield from ((fault, "") for fault in OFFERED[name].faults(name, argument))
        elif name not in strategies:
            yield f"names optimization strategy `{name}`, which does not exist", name


def _parts(name: str, argument: object) -> Sequence[Any]:
    if name == "not":
        return (argument,)
    return argument if name in COMPOSITES and isinstance(argument, list | tuple) else ()


def evaluate(
    optimization: Mapping[str, object],
    task: Task,
    parameters: Parameters,
    strategies: Mapping[str, Strategy],
) -> Outcome:
    """The result of `optimization` for `task`.

    `any` uses the first that does not keep. `all` keeps unless every one does not keep, and then
    uses the first replacement, if there is one. `not` removes a task that would be kept, and keeps
    any other.
    """
    ((name, argument),) = optimization.items()
    if name not in COMPOSITES:
        return strategies[name](task, argument, parameters)
    outcomes = (evaluate(part, task, parameters, strategies) for part in _parts(name, argument))
    return {"any": _any, "all": _all, "not": _not}[name](outcomes)


def _any(outcomes: Iterator[Outcome]) -> Outcome:
    kept = []
    for outcome in outcomes:
        if not isinstance(outcome, Keep):
            return outcome
        kept.append(outcome.cause)
    return Keep("; ".join(kept))


def _all(outcomes: Iterator[Outcome]) -> Outcome:
    agreed: list[Remove | Replace] = []
    for outcome in outcomes:
        if isinstance(outcome, Keep):
            return outcome
        agreed.append(outcome)
    if not agreed:
        return Keep("no strategy is named")
    found = next((outcome for outcome in agreed if isinstance(outcome, Replace)), None)
    return found or Remove("; ".join(outcome.cause for outcome in agreed))


def _not(outcomes: Iterator[Outcome]) -> Outcome:
    (outcome,) = outcomes
    return Remove(outcome.cause) if isinstance(outcome, Keep) else Keep(outcome.cause)


def suggestion(name: str, strategies: Mapping[str, Strategy]) -> str:
    """The suggestion for an unknown strategy."""
    names = (*strategies, *COMPOSITES)
    return meant(name, names, f"there are: {', '.join(names)}")
