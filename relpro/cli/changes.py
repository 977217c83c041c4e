"""Takes a project, gives the look-ups of a decision: changed files, and the release history."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from relpro.actions.look_ups import (
    FILES,
    HISTORY,
    LookUps,
    ProjectLookUps,
    Question,
    RecordedLookUps,
)
from relpro.actions.promotion.partners import rendered
from relpro.decision import Listed, for_git_to_say
from relpro.errors import Diagnostic, RelproError
from relpro.model.parameters import Parameters, looked_up
from relpro.project import Project

#: The values of an event that a look-up gets, if the event has them.
_TOLD = (
    "base_ref",
    "base_repository",
    "base_rev",
    "head_ref",
    "head_repository",
    "head_rev",
    "pull_request_number",
    "pushlog_id",
    "tasks_for",
)


def listed_by(project: Project, answers: str | None) -> Listed:
    """The look-up `files-changed` of the project, or the recorded answer at the path `answers`.

    Without either, git is used. Calling it raises `RelproError` (Q707, T410) if the answer has no
    list of names.
    """
    if not answers and FILES.replace("_", "-") not in project.config.look_ups:
        return for_git_to_say
    look_ups = _look_ups(project, answers)

    def listed(told: Mapping[str, Any]) -> Sequence[str] | None:
        details = {one: told[one] for one in _TOLD if one in told}
        question = _question(project, FILES, told["project"], told["level"], details)
        return _names(look_ups.answer(question))

    return listed


def with_history(project: Project, parameters: Parameters, answers: str | None) -> Parameters:
    """The parameters with the release history, if the target method requires it.

    A given history is kept. Raises `RelproError` (Q707, T410, P501).
    """
    method = project.config.target_methods.get(str(parameters["target_tasks_method"]))
    if method is None or not method.asks_history or parameters[HISTORY]:
        return parameters
    question = _question(project, HISTORY, parameters.project, parameters.level, {})
    question = attrs.evolve(
        question,
        product=project.config.products[0],
        release_type=str(parameters["release_type"]),
    )
    answer = _look_ups(project, answers).answer(question)
    return parameters.replace(looked_up(HISTORY), **{HISTORY: answer})


def _look_ups(project: Project, answers: str | None) -> LookUps:
    return RecordedLookUps(Path(answers)) if answers else ProjectLookUps(project)


def _question(
    project: Project, name: str, branch: str, level: str, details: Mapping[str, object]
) -> Question:
    scope = {
        "project": branch,
        "release_product": "",
        "release_type": "",
        "release_level": project.config.release_level(branch, level),
    }
    settings = project.config.look_ups.items()
    return Question(
        name,
        product="",
        project=branch,
        level=level,
        release_type="",
        details=details,
        settings={one: rendered(value, scope) for one, value in settings},
    )


def _names(answer: Mapping[str, object]) -> Sequence[str] | None:
    """The names in an answer; None for one that leaves it to git."""
    files = answer.get("files")
    if files is None:
        return None
    if isinstance(files, list | tuple) and all(isinstance(one, str) for one in files):
        return tuple(files)
    what = f"the answer to `{FILES}` has no list of names as `files`"
    raise RelproError(Diagnostic("Q707", what, remedy="give `{files: [...]}`, or `{}`: ask git"))
