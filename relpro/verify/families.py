"""Takes the full graph, finds files that are missing for a platform and locale.

A family is a file that a release has for each platform and locale: an installer, a complete update,
a partial update from each earlier version, a language pack, checksums. The policy defines families
by globs, in which placeholders stand for platform, locale and earlier version.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.counted import listed
from relpro.model.parameters import Parameters
from relpro.model.policy import Families
from relpro.model.task import Draft, Json, Task
from relpro.transform.compiler import compile_template
from relpro.transform.scope import Release, TaskScope
from relpro.transform.template import Unrenderable
from relpro.values.globs import Globs
from relpro.verify.effects import released

#: Placeholders in a glob: each is one part of the path, or a piece of one.
_PLACEHOLDER = re.compile(r":(platform|locale|previous)\b|(\*)")

_PREVIOUS = "previous"

_NAMED = 5

#: Placeholder -> value, for one file.
Member = tuple[tuple[str, str], ...]


def families_are_complete(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Each family has a file for every platform and locale of the release (G381).

    The policy lists the absent ones; the release history has the versions of partial updates.
    """
    families = config.policy.families
    product = parameters["release_product"]
    if families is None or not product:
        return
    tasks = [task for _, task in released(graph, parameters, config)]
    example = next((task for task in tasks if task.product == product), None)
    if example is None:
        return
    try:
        said = _Said.of(families, example, Release.of(parameters, config))
    except Unrenderable as problem:
        what = f"`policy.families`: {problem.what}"
        yield Diagnostic(problem.code, what, (config.policy.origin,), remedy=problem.remedy)
        return
    found, writers = _members(said, tasks)
    for family in said.files:
        lacking = sorted(said.wanted(family, found) - found[family])
        if lacking:
            yield _incomplete(family, lacking, writers, config)


@attrs.frozen
class _Said:
    """The policy's families, rendered for this release.

    `files` are the patterns of each family, `names` the placeholders of its members.
    """

    folder: str
    released_by: tuple[str, ...]
    files: Mapping[str, tuple[re.Pattern[str], ...]]
    names: Mapping[str, tuple[str, ...]]
    absent: Mapping[str, Globs]
    updates: frozenset[Member]

    @classmethod
    def of(cls, families: Families, task: Task, release: Release) -> "_Said":
        """The families, with templates rendered as for a task. Raises `Unrenderable`."""
        draft = Draft(task.name, task.origin, task.attributes, {}, {})
        scope = TaskScope(task.kind, draft, {}, release)

        def rendered(value: object) -> Json:
            return compile_template(value, ()).render(scope)

        history = rendered(families.history) if families.history else {}
        return cls(
            str(rendered(families.folder)),
            families.released_by,
            {
                name: tuple(_pattern(glob, families.platforms) for glob in globs)
                for name, globs in families.files.items()
            },
            {name: _placeholders(globs) for name, globs in families.files.items()},
            {name: Globs.of(rendered(globs)) for name, globs in families.absent.items()},
            frozenset(_updates(history or {}, families.platforms)),
        )

    def wanted(self, family: str, found: Mapping[str, set[Member]]) -> set[Member]:
        """The members that a family should have, as values of its placeholders."""
        names = self.names[family]
        members = {member for one in self.released_by for member in found.get(one, ())}
        if _PREVIOUS in names:
            members = {member for member in self.updates if member[:-1] in members}
        told = {tuple(pair for pair in member if pair[0] in names) for member in members}
        absent = self.absent.get(family)
        return {one for one in told if absent is None or not absent.match(_shown(one))}


def _updates(
    history: Mapping[str, Mapping[str, Mapping[str, Any]]], platforms: Mapping[str, str]
) -> Iterator[Member]:
    """The partial updates in the history, on the platforms of the policy."""
    for folder, platform in platforms.items():
        for locale, archives in history.get(platform, {}).items():
            for archive in archives.values():
                if previous := archive.get("previousVersion"):
                    yield (("platform", folder), ("locale", locale), (_PREVIOUS, str(previous)))


def _pattern(glob: str, platforms: Iterable[str]) -> re.Pattern[str]:
    """A regular expression for a glob: `*` and placeholders match within a name."""
    held = {"platform": "|".join(map(re.escape, platforms))}
    text, at = "", 0
    for part in _PLACEHOLDER.finditer(glob):
        text += re.escape(glob[at : part.start()])
        text += f"(?P<{part[1]}>{held.get(part[1], '[^/]+?')})" if part[1] else "[^/]*"
        at = part.end()
    return re.compile(text + re.escape(glob[at:]))


def _placeholders(globs: Iterable[str]) -> tuple[str, ...]:
    """The placeholders that all globs of a family contain, in a fixed order."""
    found = [{part[1] for part in _PLACEHOLDER.finditer(glob) if part[1]} for glob in globs]
    shared = set.intersection(*found)
    return tuple(name for name in ("platform", "locale", _PREVIOUS) if name in shared)


def _members(
    said: _Said, tasks: Iterable[Task]
) -> tuple[Mapping[str, set[Member]], Mapping[Member, Task]]:
    """The members of each family, with a task that writes a file of each."""
    found: dict[str, set[Member]] = {family: set() for family in said.files}
    writers: dict[Member, Task] = {}
    for task in tasks:
        for kind, key in task.effects.writes:
            path = key.partition("/")[2]
            if kind != "object" or not path.startswith(said.folder):
                continue
            for family, member in _matching(said, path[len(said.folder) :]):
                found[family].add(member)
                writers.setdefault(member, task)
    return found, writers


def _matching(said: _Said, path: str) -> Iterator[tuple[str, Member]]:
    for family, patterns in said.files.items():
        for pattern in patterns:
            if match := pattern.fullmatch(path):
                yield family, tuple((name, match[name]) for name in said.names[family])
                break


def _shown(member: Member) -> str:
    return "/".join(value for _, value in member)


def _incomplete(
    family: str, lacking: Sequence[Member], writers: Mapping[Member, Task], config: GraphConfig
) -> Diagnostic:
    names = [_shown(member) for member in lacking]
    what = f"the release has no {family} of {listed(names, _NAMED)}"
    near = (task for member, task in writers.items() if set(member) & set(lacking[0]))
    first = next(near, None)
    where = (*((first.origin,) if first else ()), config.policy.origin)
    remedy = f"let a task upload it, or name it under `policy: families: absent: {family}`"
    return Diagnostic("G381", what, where, remedy=remedy)
