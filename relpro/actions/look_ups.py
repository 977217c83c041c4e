"""Takes a question about a release, gives the answer: recorded, or from the project's functions.

A question is asked once, when a product is promoted or in the decision on a push; the answer
becomes a parameter.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import attrs

from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.model.task import Json
from relpro.parameters.read import OriginOf, places_in, read_value, unfit_value
from relpro.project import Project
from relpro.python.functions import Role, project_function
from relpro.schemas.documents import RECORDED_INDEX

Answer = Mapping[str, Any]

#: Names of look-ups: keys of `look-ups` in the configuration and of recorded answers.
HISTORY = "release_history"
PARTNERS = "release_partner_config"
FILES = "files_changed"
#: The key of recorded answers for index paths.
INDEX = "index"


@attrs.frozen
class Question:
    """A question: the release, and details for the look-up.

    `details` are, for the history, `partial_updates` (version -> build number and locales); for
    partners, `urls` (partner kind -> URL of its configuration); for changed files, parameters of
    the event, without a product. `settings` are the other keys under `look-ups` in the
    configuration, rendered for this release.
    """

    name: str
    product: str
    project: str
    level: str
    release_type: str
    details: Mapping[str, Any]
    settings: Mapping[str, Any] = attrs.field(factory=dict)


class LookUps(Protocol):
    """Answers questions about a release."""

    def answer(self, question: Question) -> Answer:
        """The answer; raises `RelproError` (Q707) if there is none."""
        ...


@attrs.frozen
class RecordedLookUps:
    """Answers from `source`: a JSON or YAML mapping by name of look-up, or a folder of such files.

    In a folder, `release_history.json` has the answer for `release_history`. The key `index` may
    have recorded index paths.
    """

    source: Path

    def answer(self, question: Question) -> Answer:
        """The recorded answer; raises `RelproError` (Q707, P501, P504)."""
        recorded, origin = self._read(question.name)
        if recorded is None:
            what = f"`{self.source}` holds no answer to `{question.name}`"
            raise RelproError(Diagnostic("Q707", what, remedy="record it, or look it up in CI"))
        return _fitting(question.name, recorded, origin)

    def index(self) -> Mapping[str, str] | None:
        """The recorded index, path -> task id; None if nothing is recorded.

        Raises `RelproError` (Q707, P504).
        """
        recorded, origin = self._read(INDEX)
        if recorded is None:
            return None
        what = f"the recorded `{INDEX}` is not what Taskcluster says: "
        raise_all(
            Diagnostic("Q707", what + why, (origin(INDEX),))
            for why in RECORDED_INDEX.misfits(recorded)
        )
        index: Mapping[str, str] = recorded
        return index

    def _read(self, name: str) -> tuple[Any, OriginOf]:
        """The recorded answer for a name, and the places of its parts; None if there is none."""
        if self.source.is_dir():
            path = self.source / f"{name}.json"
            within = places_in(path, str(path))
            recorded = read_value(path) if path.is_file() else None
            return recorded, lambda _, *at: within(*at)
        every = read_value(self.source)
        recorded = every.get(name) if isinstance(every, Mapping) else None
        return recorded, places_in(self.source, str(self.source))


@attrs.frozen
class ProjectLookUps:
    """Answers by functions of the project, which `look-ups` of its configuration name."""

    project: Project

    def answer(self, question: Question) -> Answer:
        """The result of the project's function for this question.

        Raises `RelproError`: Q707 if there is no function, T410 if it fails, P501 if its result
        does not fit the parameter.
        """
        key = question.name.replace("_", "-")
        where = self.project.config.locations.origin("look-ups", key)
        dotted = self.project.config.look_ups.get(key)
        if not isinstance(dotted, str):
            what = f"nothing answers look-up `{question.name}`"
            remedy = f"name a function under `look-ups: {key}`, or give recorded answers"
            raise RelproError(Diagnostic("Q707", what, (where,), remedy=remedy))
        self.project.import_transforms()
        role = Role(f"look-up `{key}`", where, "Q707", "question", Mapping)
        answer = project_function(dotted, role)(question)
        return _fitting(question.name, answer, lambda *_: where)


def _fitting(name: str, answer: Json, origin: OriginOf) -> Answer:
    """The answer, which becomes the parameter of that name. Raises `RelproError` (P501).

    The answer about changed files is a mapping that contains the names, which its reader checks.
    """
    if name != FILES:
        raise_all(unfit_value(name, answer, origin))
    fitting: Answer = answer or {}
    return fitting
