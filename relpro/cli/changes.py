"""Takes a project, gives what tells which files an event changed: a look-up of it, or nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from relpro.actions.promotion.look_ups import (
    FILES,
    LookUps,
    ProjectLookUps,
    Question,
    RecordedLookUps,
)
from relpro.actions.promotion.partners import rendered
from relpro.decision import Listed, for_git_to_say
from relpro.errors import Diagnostic, RelproError
from relpro.project import Project

#: What of an event a look-up is told, where the event has it.
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
    """Asks look-up `files-changed` of the project, or what is recorded at the path `answers`.

    Without either, git is asked. What it gives raises `RelproError` (Q707, T410) where the answer
    has no list of names.
    """
    settings, key = project.config.look_ups, FILES.replace("_", "-")
    if not answers and key not in settings:
        return for_git_to_say
    look_ups: LookUps = ProjectLookUps(project)
    if answers:
        look_ups = RecordedLookUps(Path(answers))

    def listed(told: Mapping[str, Any]) -> Sequence[str] | None:
        name, level = told["project"], told["level"]
        scope = {
            "project": name,
            "release_product": "",
            "release_type": "",
            "release_level": project.config.release_level(name, level),
        }
        question = Question(
            FILES,
            product="",
            project=name,
            level=level,
            release_type="",
            details={one: told[one] for one in _TOLD if one in told},
            settings={one: rendered(value, scope) for one, value in settings.items()},
        )
        return _names(look_ups.answer(question))

    return listed


def _names(answer: Mapping[str, Any]) -> Sequence[str] | None:
    """The names of an answer; None of one that leaves it to git."""
    files = answer.get("files")
    if files is None:
        return None
    if isinstance(files, list | tuple) and all(isinstance(one, str) for one in files):
        return tuple(files)
    what = f"the answer to `{FILES}` has no list of names as `files`"
    raise RelproError(Diagnostic("Q707", what, remedy="give `{files: [...]}`, or `{}`: ask git"))
