"""Takes a task that need not run, gives what each strategy of the engine says of it.

A strategy is one row of `STRATEGIES`: its name, the type of its argument, its description, and how
it is made. Checks and the reference page use the same rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

from relpro.model.parameters import Parameters
from relpro.model.task import Json, Task
from relpro.optimize.found import Find, Found, nothing_found
from relpro.optimize.outcome import Keep, Outcome, Remove, Replace
from relpro.values.globs import Globs, faults_of

#: A strategy: (task, argument, parameters) -> the result for the task.
Strategy = Callable[[Task, Any, Parameters], Outcome]

#: The names of strategies whose arguments are also read elsewhere.
INDEX, CHANGED = "index-search", "skip-unless-changed"


def never(_task: Task, _argument: object, _parameters: Parameters) -> Outcome:
    """Keeps every task."""
    return Keep("never optimized")


def always(_task: Task, _argument: object, _parameters: Parameters) -> Outcome:
    """Removes every task that nothing else needs."""
    return Remove("always optimized")


@attrs.frozen(slots=False)
class IndexSearch:
    """Replaces a task by the first one found at the index paths that are its argument.

    A task that an earlier run has used is used again.

    `find` is called once, for all `paths`, when the first task needs it.
    """

    find: Find
    paths: tuple[str, ...] = attrs.field(repr=False)

    @cached_property
    def _found(self) -> Found:
        return self.find(self.paths) if self.paths else Found()

    def __call__(self, _task: Task, argument: Sequence[str], _parameters: Parameters) -> Outcome:
        """The result for a task with `{"index-search": argument}`."""
        paths = argument or ()
        if (path := self._found.first(paths)) is not None:
            return Replace(f"found at `{path}`", self._found[path])
        if self.find is nothing_found:
            named = ", ".join(f"`{path}`" for path in paths)
            return Keep(f"offline: the index was not asked at {named or 'any path'}")
        return Keep(self._found.why_not(paths) or "it names no index path")


@attrs.frozen
class SkipUnlessChanged:
    """Removes a task unless a changed file matches its argument's patterns or is its own YAML file.

    A changed task must be tried by running it, whatever files it reads. If the changed files are
    unknown, the task is kept. A pattern with `!` excludes files.
    """

    _matched: dict[tuple[str, ...], str | None] = attrs.field(factory=dict, init=False, repr=False)
    _written: dict[str, str | None] = attrs.field(factory=dict, init=False, repr=False)

    def __call__(self, task: Task, argument: Sequence[str], parameters: Parameters) -> Outcome:
        """The result for a task with `{"skip-unless-changed": argument}`."""
        changed, assumed = parameters.get("files_changed"), parameters.get("files_changed_assumed")
        if not changed:
            why = f": {assumed}" if assumed else ""
            return Keep(f"it is not known which files changed{why}")
        since = f" ({assumed})" if assumed else ""
        own = task.origin.file
        if own not in self._written:
            self._written[own] = _first_below(own, changed)
        if written := self._written[own]:
            return Keep(f"`{written}` changed, which says what the task does{since}")
        patterns = tuple(argument or ())
        if patterns not in self._matched:
            self._matched[patterns] = _first_match(patterns, changed)
        matched = self._matched[patterns]
        if matched:
            return Keep(f"`{matched}` changed{since}")
        return Remove(f"no file changed that it reads{since}")


def _first_match(patterns: Sequence[str], files: Sequence[str]) -> str | None:
    globs = Globs.of(patterns)
    return next((file for file in files if globs.match(file)), None)


def _first_below(own: str, files: Sequence[str]) -> str | None:
    """The project's file `own` among files of its repository, which may contain it in a folder."""
    return (
        next((one for one in files if one == own or one.endswith(f"/{own}")), None) if own else None
    )


def _no_argument(name: str, argument: object) -> Iterator[str]:
    if argument is not None:
        yield f"must have null under `{name}`, which takes no argument"


def _texts(name: str, argument: Json) -> Iterator[str]:
    is_list = isinstance(argument, list | tuple)
    if not (is_list and all(isinstance(one, str) for one in argument)):
        yield f"must have a list of texts under `{name}`"


def _patterns(name: str, argument: Json) -> Iterator[str]:
    faults = tuple(_texts(name, argument))
    yield from faults
    if not faults:
        for fault in faults_of(argument):
            yield f"has a pattern under `{name}` that matches no file: {fault}"


@attrs.frozen
class Offered:
    """A strategy of the engine.

    `argument` describes its argument, for the reference page; `faults` returns the errors in an
    argument, in words that follow "the task". `make` makes the strategy from the function that
    queries the index and from all index paths of tasks.
    """

    name: str
    argument: str
    meaning: str
    faults: Callable[[str, Any], Iterator[str]]
    make: Callable[[Find, tuple[str, ...]], Strategy]


STRATEGIES = (
    Offered(
        "never",
        "null",
        "The task is kept.",
        _no_argument,
        lambda _find, _paths: never,
    ),
    Offered(
        "always",
        "null",
        "The task is left out, unless another that is kept needs it.",
        _no_argument,
        lambda _find, _paths: always,
    ),
    Offered(
        INDEX,
        "a list of index paths",
        "The first task that is found at one of the paths stands in for it.",
        _texts,
        IndexSearch,
    ),
    Offered(
        CHANGED,
        "a list of patterns",
        "The task is left out unless a file changed that a pattern matches, or the task's own.",
        _patterns,
        lambda _find, _paths: SkipUnlessChanged(),
    ),
)

OFFERED: Mapping[str, Offered] = {row.name: row for row in STRATEGIES}
