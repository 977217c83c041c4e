"""Takes what a release needs to know from outside, gives the answer: recorded, or asked now.

An answer is asked for once, when a product is promoted, or a push is decided on; it stands in the
parameters from then on.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import attrs

from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.parameters.read import OriginOf, places_in, read_value, unfit_value
from relpro.project import Project
from relpro.python.functions import Role, project_function
from relpro.schemas.documents import RECORDED_INDEX

Answer = Mapping[str, Any]

#: Names of the look-ups: keys of `look-ups` in the configuration and of recorded answers.
HISTORY = "release_history"
PARTNERS = "release_partner_config"
FILES = "files_changed"
#: Under which recorded answers hold the index.
INDEX = "index"


@attrs.frozen
class Question:
    """What is asked: for which release, and what the look-up needs to know of it.

    `details` are, for the history, `partial_updates` (version -> build number and locales); for
    partners, `urls` (partner kind -> where its configuration is kept); for changed files, of what
    event, by the names of parameters, and there is no product. `settings` is what else
    stands under `look-ups` in the configuration, rendered for this release.
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
        """The answer; raises `RelproError` (Q707) where there is none."""
        ...


@attrs.frozen
class RecordedLookUps:
    """Answers from `source`: a JSON or YAML mapping by name of look-up, or a folder of such files.

    In a folder, `release_history.json` holds the answer for `release_history`. Beside them, under
    `index`, may stand what the index holds.
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
        """What the index is recorded to hold, path -> task id; None where nothing is recorded.

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
        """What is recorded under a name, and where its parts stand; None where nothing is."""
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
        """What the project's function for this question gives.

        Raises `RelproError`: Q707 where there is none, T410 where it fails, P501 where what it
        gives is nothing that the parameter of that name holds.
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


def _fitting(name: str, answer: Any, origin: OriginOf) -> Answer:
    """The answer, which becomes the parameter of that name. Raises `RelproError` (P501).

    What an event changed is answered by a mapping that holds the names: whoever asks looks at it.
    """
    if name != FILES:
        raise_all(unfit_value(name, answer, origin))
    fitting: Answer = answer or {}
    return fitting
