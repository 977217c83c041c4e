"""Requests for actions on the small project, on an offline desk."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from relpro.actions.action import Request
from relpro.actions.action_input import complete_input, fields_of
from relpro.actions.every import action_named
from relpro.actions.look_ups import Question, RecordedLookUps
from relpro.plan.recorded import RecordedTaskcluster
from relpro.project import Project
from relpro.values.check import OriginOf
from tests.actions.small_project import DECISION, PARTIALS, PROMOTION, write_json

NOW = datetime(2020, 9, 14, tzinfo=UTC)
_FROM = {
    "buildid": "2020",
    "mar_url": "https://example.com/app-0.9.mar",
    "previousVersion": "0.9",
    "previousBuildNumber": 1,
}
HISTORY = {"Linux_x86_64-gcc3": {"de": {"target-0.9.partial.mar": _FROM}}}
PARTNERS = {
    "release-partner-repack": {
        "one": {"one-a": {"locales": ["fr", "de", "xx"], "platforms": ["linux64"]}},
        "none": {"none-a": {"locales": ["xx"], "platforms": ["linux64"]}},
    }
}

PROMOTE: Mapping[str, Any] = {
    "release_promotion_flavor": "promote_app",
    "build_number": 2,
    "version": "1.0",
    "next_version": "1.1",
    "previous_graph_ids": [DECISION],
    "partial_updates": PARTIALS,
}


def asked(
    project: Project,
    recorded: Path,
    action: str,
    given: Any,
    origin: OriginOf | None = None,
    **changes: Any,
) -> Request:
    """A request whose look-ups and artifacts are recorded in a folder."""
    answers = write_json(
        recorded.parent / "answers.json",
        {"release_history": HISTORY, "release_partner_config": PARTNERS},
    )
    request = Request(
        project=project,
        input=complete_input(
            action,
            action_named(action, project.config).schema(project.config),
            given,
            origin or fields_of("input"),
        ),
        task_group_id=DECISION,
        task_id=None,
        creator=PROMOTION,
        head={},
        records=RecordedTaskcluster(recorded),
        look_ups=RecordedLookUps(answers),
        now=NOW,
        root_url="https://tc.example.com",
    )
    return attrs.evolve(request, **changes)


@attrs.frozen
class NoAnswers:
    """Look-ups that must not be asked."""

    def answer(self, question: Question) -> Mapping[str, Any]:
        raise AssertionError(f"{question.name} was looked up")
