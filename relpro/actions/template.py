"""Takes a project's `.taskcluster.yml` and its configuration, finds contradictions.

Both say which branches are trusted: the file makes decision tasks, the configuration is compared
with them. The file is rendered for pushes, as Taskcluster renders it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs
import jsone

from relpro.actions.happenings import Happening, push_told
from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.model.branch import ProjectSource
from relpro.model.config import LEVELS, GraphConfig
from relpro.model.task import Json
from relpro.values.keys import odd_keys
from relpro.yaml.document import parse

_TEMPLATE = Origin(".taskcluster.yml")
_GITHUB = "github.com"

#: A branch that no project has, and the suffix of a repository that no project has.
_STRANGE = "relpro-of-no-project"


@attrs.frozen
class _Push:
    """A push to a repository on GitHub; `ref` is a git ref."""

    repository: str
    ref: str

    def __str__(self) -> str:
        return f"a push to `{self.ref}` of {self.repository}"


def first_entry(template: bytes) -> object:
    """The template of tasks in `.taskcluster.yml`. Raises `RelproError` (Q707, K203, Y...)."""
    document = parse(template, _TEMPLATE.file)
    raise_all(odd_keys(document.data, document.locations.origin, "a template is JSON"))
    tasks = document.data.get("tasks")
    if not isinstance(tasks, list) or not tasks:
        what = "`.taskcluster.yml` has no list of `tasks`"
        why = "the first entry of it is the template of every hook"
        raise RelproError(Diagnostic("Q707", what, (_TEMPLATE,), why=why))
    return tasks[0]


def lets_strangers_run(template: bytes) -> bool:
    """Whether pull requests of people who are no collaborators make tasks, with their own role.

    Source: Taskcluster, policies of its integration with GitHub.
    """
    policy = parse(template, _TEMPLATE.file).data.get("policy")
    said = policy.get("pullRequests") if isinstance(policy, Mapping) else None
    return bool(said == "public_restricted")


def disagreements(template: bytes, config: GraphConfig) -> Iterator[Diagnostic]:
    """What the file makes of pushes to GitHub in contradiction to `projects` (Q730).

    Pushes to the branches of each project must have that project and level; pushes to other
    branches, to a tag of the same name and to a fork must have level 1 and no trusted project.
    Other branches are those that the file names, those that begin as these do, and one that no
    repository has.
    Raises `RelproError` (Q707) if the file is no template.
    """
    entry = first_entry(template)
    firsts: dict[str, ProjectSource] = {}
    for project in config.projects.values():
        for repository in project.repositories:
            if urlsplit(repository).netloc == _GITHUB:
                firsts.setdefault(repository, project)
                yield from _of_project(entry, config, project, repository)
    words = dict.fromkeys(_words(parse(template, _TEMPLATE.file).data))
    branches = [branch for word in words for branch in (word, f"{word}-{_STRANGE}")]
    for repository, project in firsts.items():
        # If any branch is trusted, one is enough to say so.
        yield from [*_of_strangers(entry, config, project, repository, [_STRANGE])] or [
            *_of_strangers(entry, config, project, repository, branches)
        ]


def _of_strangers(
    entry: object,
    config: GraphConfig,
    project: ProjectSource,
    repository: str,
    branches: Iterable[str],
) -> Iterator[Diagnostic]:
    """The branches of a repository that no project holds, and that the file trusts."""
    for branch in dict.fromkeys(branches):
        ref = f"refs/heads/{branch}"
        if not any(each.holds(repository, ref) for each in config.projects.values()):
            yield from _untrusted(entry, config, project, _Push(repository, ref))


#: What may be the name of a branch, or its beginning; in an expression it stands in quotes.
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9._/-]{0,99}")
_QUOTED = re.compile(rf"(['\"])({_WORD.pattern})\1")


def _words(value: object) -> Iterator[str]:
    """The keys in a file, and the words in quotes in its expressions."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from (key,) if _WORD.fullmatch(str(key)) else ()
            yield from _words(part)
    elif isinstance(value, list):
        for part in value:
            yield from _words(part)
    elif isinstance(value, str):
        yield from (found[2] for found in _QUOTED.finditer(value))


def _of_project(
    entry: object, config: GraphConfig, project: ProjectSource, repository: str
) -> Iterator[Diagnostic]:
    for pattern in project.branches:
        branch = pattern.replace("*", "x")
        push = _Push(repository, f"refs/heads/{branch}")
        said = _said(entry, config, push)
        if said not in (None, (project.name, project.level)):
            what = f"{push} is of project `{project.name}`, level {project.level}"
            yield _differs(what, said, project)
        yield from _untrusted(entry, config, project, _Push(repository, f"refs/tags/{branch}"))
        yield from _untrusted(
            entry, config, project, _Push(f"{repository}-{_STRANGE}", f"refs/heads/{branch}")
        )


def _untrusted(
    entry: object, config: GraphConfig, project: ProjectSource, push: _Push
) -> Iterator[Diagnostic]:
    said = _said(entry, config, push)
    if said is None:
        return
    name, level = said
    known = config.projects.get(str(name))
    if level != LEVELS[0] or (known is not None and known.level != LEVELS[0]):
        yield _differs(
            f"{push} has level {LEVELS[0]} and belongs to no trusted project", said, project
        )


def _differs(what: str, said: Json, project: ProjectSource) -> Diagnostic:
    name, level = said
    why = f"`.taskcluster.yml` makes of it: project `{name}`, level {level}"
    remedy = "make both agree: `branches` of the file is the table"
    return Diagnostic("Q730", what, (project.origin, _TEMPLATE), why=why, remedy=remedy)


def _said(entry: object, config: GraphConfig, push: _Push) -> tuple[Any, Any] | None:
    """Project and level in the decision task for a push; None if there is no task."""
    happening = Happening(str(push), "github-push", push_told(push.repository, push.ref))
    task = task_of(entry, happening)
    if task is None:
        return None
    env = environment_of(task, config, happening)
    prefix = config.source_env_prefix
    return env.get(f"{prefix}_PROJECT"), env.get(f"{prefix}_LEVEL")


def task_of(entry: object, happening: Happening) -> Mapping[str, Any] | None:
    """The task that the template makes for an event; None if it makes none.

    Raises `RelproError` (Q707) for a template that cannot be rendered.
    """
    try:
        task = jsone.render(entry, happening.context)
    except Exception as error:
        why = str(error) if isinstance(error, jsone.JSONTemplateError) else repr(error)
        what = f"`.taskcluster.yml` makes nothing of {happening.about}: {why}"
        raise RelproError(Diagnostic("Q707", what, (_TEMPLATE,))) from error
    return task if isinstance(task, Mapping) else None


def environment_of(
    task: Mapping[str, object], config: GraphConfig, happening: Happening
) -> Mapping[str, Any]:
    """The environment variables of a task of the template, which describe the event.

    Raises `RelproError` (Q707) if it has none.
    """
    payload = task.get("payload")
    env = payload.get("env", {}) if isinstance(payload, Mapping) else None
    if isinstance(env, Mapping):
        return env
    what = f"`.taskcluster.yml` makes a task of {happening.about} that has no `payload: env`"
    prefix = config.source_env_prefix
    why = f"`{prefix}_PROJECT` and `{prefix}_LEVEL` of it say of what project it is"
    raise RelproError(Diagnostic("Q707", what, (_TEMPLATE,), why=why))
