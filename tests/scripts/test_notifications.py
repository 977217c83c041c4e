"""Whom the notify service would tell of the end of a task."""

import pytest

from relpro.workers.notifications import Notification, notifications

MAIL = {"email": {"subject": "2.0 is out", "content": "..."}}
TASK = {
    "routes": [
        "index.widgets.latest",
        "notify.email.releases@example.com.on-completed",
        "notify.slack-channel.C012345.on-failed",
        "notify.pulse.releases.on-resolved",
        "notify.matrix-room.!abc:example.com.on-transition",
        "notify.pigeon.loft.on-completed",
        "notify.email.on-completed",
    ],
    "extra": {"notify": {**MAIL, "slackText": "it failed", "matrixBody": "it ended"}},
}


@pytest.mark.parametrize(
    ("state", "first"),
    [
        ("completed", Notification("email", "releases@example.com", "completed", MAIL)),
        (
            "failed",
            Notification("slack-channel", "C012345", "failed", {"slackText": "it failed"}),
        ),
    ],
)
def test_each_recipient_is_told_of_the_ends_it_asked_for(state: str, first: Notification) -> None:
    rest = [
        Notification("pulse", "releases", state, {}),
        Notification("matrix-room", "!abc:example.com", state, {"matrixBody": "it ended"}),
    ]
    assert list(notifications(TASK, state)) == [first, *rest]


def test_an_exception_is_told_only_to_those_who_hear_of_every_end() -> None:
    kinds = [one.kind for one in notifications(TASK, "exception")]
    assert kinds == ["pulse", "matrix-room"]
