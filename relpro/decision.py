"""The decision task: takes an event of the repository, gives the parameters of its graph.

    event in the environment of the task -> parameters -> pipeline -> task group

The task is defined in the project's `.taskcluster.yml`, which puts the event into environment
variables: `WIDGETS_HEAD_REV` and so on, with the prefix in the project's configuration.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.load.vcs import (
    END_OF_TIME,
    FULL_REVISION,
    Changes,
    checkout_parameters,
    commit_message,
    files_changed,
    full_revision,
    is_on_branch,
)
from relpro.model.config import LEVELS, NOTHING, GraphConfig
from relpro.model.parameters import EVENT, GIT, Parameters, Said, looked_up
from relpro.parameters.known import VARIABLES
from relpro.parameters.read import check_parameters
from relpro.project import Project
from relpro.python.functions import Role, project_function
from relpro.transform.completion import complete
from relpro.transform.versions import contradiction

#: What a decision task cannot do without.
_REQUIRED = ("head_repository", "head_rev", "project", "level", "tasks_for", "owner")

#: Gives the files that an event changed, by its parameters; None where that is for git to say.
Listed = Callable[[Mapping[str, Any]], Sequence[str] | None]


def for_git_to_say(_told: Mapping[str, object]) -> None:
    """Always uses git."""


#: In a commit message, it prevents a push from running any task.
DONTBUILD = "DONTBUILD"


@attrs.frozen
class Event:
    """An event: its values by the name of the parameter, all of them text; some may be missing."""

    values: Mapping[str, str]

    @classmethod
    def read(cls, environ: Mapping[str, str], prefix: str, said: Mapping[str, str]) -> "Event":
        """The event in variables that begin with `prefix` and `_`.

        Values in `said` take precedence.

        Raises one `RelproError` (P503) for everything that is missing.
        """
        found = {
            name: environ[f"{prefix}_{end}"]
            for name, end in VARIABLES.items()
            if environ.get(f"{prefix}_{end}")
        }
        values = {**found, **said}
        raise_all(
            Diagnostic(
                "P503",
                f"the event has no `{name}`",
                (EVENT,),
                remedy=f"set `{prefix}_{VARIABLES[name]}`, or use --{name.replace('_', '-')}",
            )
            for name in _REQUIRED
            if not values.get(name)
        )
        return cls(values)


_NOTHING_MORE = Said()


def decision_parameters(
    project: Project,
    event: Event,
    further: Said = _NOTHING_MORE,
    tell: Callable[[str], object] = str,
    listed: Listed = for_git_to_say,
) -> Parameters:
    """The complete parameters of the decision on an event; `further` take precedence.

    `tell` is called with assumptions about the push, which are also in the parameters and
    decisions. `listed` is called first for the changed files. Raises `RelproError` (P501) for an
    impossible event, and for a tag of another version than the tree's.
    """
    told = _told(event)
    check_parameters(told, project.config, lambda *_: EVENT)
    raise_all(strangers(told, project.config))
    root = project.root
    told["head_rev"] = head = commit(root, told["head_rev"])
    raise_all(_strays(told, root))
    base = told.get("base_rev", "")
    if "base_rev" in told:
        told["base_rev"] = full_revision(root, base) or base
    message = commit_message(root, head)
    files = listed(told)
    changes = files_changed(root, base, head) if files is None else Changes(tuple(sorted(files)))
    if changes.assumed:
        tell(changes.assumed)
    pushdate = told.get("pushdate") or checkout_parameters(root).get("build_date", 0)
    dates = {
        "pushdate": pushdate,
        "build_date": pushdate,
        "moz_build_date": time.strftime("%Y%m%d%H%M%S", time.gmtime(pushdate)),
    }
    changed = {
        "files_changed": list(changes.files or ()),
        "files_changed_assumed": changes.assumed,
    }
    lister = GIT if files is None else looked_up("files_changed")
    found = Said.at(EVENT, told) | Said.at(EVENT if "pushdate" in told else GIT, dates)
    found |= Said.at(GIT, {"message": message}) | Said.at(lister, changed) | further
    if told["tasks_for"].endswith("-push") and DONTBUILD in message:
        found |= Said.at(GIT, {"dontbuild": True, "target_tasks_method": NOTHING})
    parameters = complete(
        project.config,
        checkout={},
        inputs=project.inputs,
        given=found.values,
        sources=found.sources,
    )
    if project.config.computed:
        where = project.config.locations.origin("parameters", "computed")
        parameters = parameters.replace(where, **_computed(project, parameters, where))
    tag = str(told.get("head_tag") or "").removeprefix("refs/tags/")
    raise_all(contradiction(tag, parameters.version, project.config))
    return parameters


def _computed(project: Project, parameters: Parameters, where: Origin) -> Mapping[str, Any]:
    """What the project's own function computes, for this decision and all that builds on it.

    `where` names the function. Raises `RelproError`: K252 where there is no such function, T410
    where it fails, P501 and P502 for what cannot be parameters, O621 for what only the event says.
    """
    config = project.config
    role = Role("`parameters: computed`", where, "K252", "parameters, root", Mapping)
    project.import_transforms()
    found = project_function(str(config.computed), role)(parameters, project.root)
    said = [name for name in found if name in _OF_THE_EVENT]
    raise_all(
        Diagnostic("O621", f"`{config.computed}` computes `{name}`", (where,), why=_ONLY_THE_EVENT)
        for name in said
    )
    check_parameters(found, config, lambda *_: where)
    return dict(found)


#: Parameters on which Chain of Trust and roles depend, which excludes `target_tasks_method`.
_OF_THE_EVENT = frozenset(VARIABLES) - {"target_tasks_method"}
_ONLY_THE_EVENT = "that is a fact of what happened, by which it is decided what is trusted"


def strangers(told: Mapping[str, Any], config: GraphConfig) -> Iterator[Diagnostic]:
    """Claims of an event about its project and level that contradict `projects`.

    Level 1 needs no trust: every repository and branch may have it, under any name that is not that
    of a project of a higher level.
    """
    source = config.projects.get(told["project"])
    trusted = source is not None and source.level != LEVELS[0]
    if not config.projects or (told["level"] == LEVELS[0] and not trusted):
        return
    if source is None:
        what = f"project `{told['project']}` is not known: its level is 1, not {told['level']}"
        where, remedy = (config.origin, EVENT), "add it to `projects` of the configuration"
        yield Diagnostic("P501", what, where, remedy=remedy)
    elif told["level"] > source.level:
        what = f"project `{source.name}` is of level {source.level}, not {told['level']}"
        yield Diagnostic("P501", what, (source.origin, EVENT))
    elif not source.holds(told["head_repository"], _branch(told)):
        what = f"this commit is not of project `{source.name}`"
        ref = f", ref `{told['head_ref']}`" if told.get("head_ref") else ", of no known ref"
        why = f"it comes from {told['head_repository']}{ref}"
        yield Diagnostic("P501", what, (source.origin, EVENT), why=why)


def _strays(told: Mapping[str, Any], root: Path) -> Iterator[Diagnostic]:
    """A release of a commit that is not on the branch by which it is trusted.

    A release has a tag, which may be on any commit. Its branch is what the person who makes it
    says, or the main one if the tag existed before (GitHub API, `target_commitish`).
    """
    is_release = told["tasks_for"] == "github-release" and told["level"] != LEVELS[0]
    branch = str(told.get("head_ref", ""))
    if is_release and is_on_branch(root, told["head_rev"], branch) is False:
        what = f"the release is of commit {told['head_rev']}, which is not on its branch `{branch}`"
        why = "whoever may tag a commit would otherwise release it, reviewed or not"
        remedy = "merge it, or make the release with the branch that holds it as its target"
        yield Diagnostic("P501", what, (EVENT,), why=why, remedy=remedy)


def commit(root: Path, revision: str) -> str:
    """The full id of a commit. Raises `RelproError` (P501)."""
    found = full_revision(root, revision)
    if found or (FULL_REVISION.fullmatch(revision) and revision.strip("0")):
        return found or revision
    what = f"the event's `head_rev` is `{revision}`, which git does not know as a commit"
    raise RelproError(Diagnostic("P501", what, (EVENT,), remedy="name it by its 40 digits"))


def _branch(told: Mapping[str, object]) -> str | None:
    """The ref of a git event; None for Mercurial, whose repositories have no such branches."""
    return None if told.get("repository_type") == "hg" else str(told.get("head_ref", ""))


def _told(event: Event) -> dict[str, Any]:
    """The values of the event, with their types."""
    typed: Mapping[str, Callable[[str], Any]] = {
        "pushdate": _seconds,
        "pull_request_number": int,
        "owner": _address,
    }
    values: dict[str, Any] = {}
    problems = []
    for name, said in event.values.items():
        try:
            values[name] = typed.get(name, _text)(said)
        except ValueError:
            what = f"the event says `{name}` is `{said}`, which it cannot be"
            problems.append(Diagnostic("P501", what, (EVENT,)))
    if problems:
        raise RelproError(*problems)
    return values


def _text(said: str) -> str:
    """The text itself; refused if its bytes are no UTF-8, which JSON requires."""
    said.encode()
    return said


def _seconds(date: str) -> int:
    """Seconds since 1970, from a date in ISO 8601 or from a number."""
    if date.isdecimal():
        number = int(date)
    else:
        when = datetime.fromisoformat(date)
        number = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
    if not 0 <= number < END_OF_TIME:
        raise ValueError(date)
    return number


def _address(owner: str) -> str:
    """An owner to whom mail can be sent, as Taskcluster's services require."""
    _text(owner)
    return owner if "@" in owner else f"{owner}@noreply.example.com"
