from typing import Any

import pytest

from relpro.stock.notify import STATUSES
from tests.stock.chains import refusal, run


def notified(section: str) -> Any:
    (made,) = run("notify", f"t: {{routes: [index.a], notify: {section}}}").tasks
    return made.definition


@pytest.mark.parametrize(
    ("recipient", "route"),
    [
        ("{type: email, address: a@example.com}", "notify.email.a@example.com.on-completed"),
        ("{type: matrix-room, room-id: '!r:example.com'}",
         "notify.matrix-room.!r:example.com.on-completed"),
        ("{type: pulse, routing-key: key}", "notify.pulse.key.on-completed"),
        ("{type: slack-channel, channel-id: C1, status-types: [on-failed]}",
         "notify.slack-channel.C1.on-failed"),
    ],
)  # fmt: skip
def test_each_recipient_is_a_route_after_those_of_the_task(recipient: str, route: str) -> None:
    assert notified(f"{{recipients: [{recipient}]}}")["routes"] == ("index.a", route)


@pytest.mark.parametrize("status", STATUSES)
def test_a_recipient_hears_of_each_status_asked_for(status: str) -> None:
    recipient = f"{{type: pulse, routing-key: k, status-types: [on-failed, {status}]}}"
    routes = notified(f"{{recipients: [{recipient}]}}")["routes"]
    assert routes[1:] == tuple(
        dict.fromkeys(["notify.pulse.k.on-failed", f"notify.pulse.k.{status}"])
    )


def test_content_goes_into_extra_under_the_services_names() -> None:
    content = (
        "{email: {subject: 's {version}', content: c, link: {text: t, href: h}},"
        " slack: {text: st}, matrix: {body: mb, formatted-body: fb, format: f}}"
    )
    made = notified(f"{{recipients: [], content: {content}}}")
    assert made["extra"]["notify"] == {
        "email": {"subject": "s ", "content": "c", "link": {"text": "t", "href": "h"}},
        "slackText": "st",
        "matrixBody": "mb",
        "matrixFormattedBody": "fb",
        "matrixFormat": "f",
    }


def test_without_content_nothing_goes_into_extra() -> None:
    assert notified("{recipients: [{type: pulse, routing-key: k}]}")["extra"] == {}


def test_a_task_without_the_section_stays_as_it_is() -> None:
    (made,) = run("notify", "t: {routes: [a]}").tasks
    assert made.definition["routes"] == ("a",)


@pytest.mark.parametrize(
    ("recipient", "what", "remedy"),
    [
        ("{type: pulse, routing-key: k, status-types: [on-any]}", "`on-any` is deprecated",
         "on-resolved"),
        ("{type: pulse, routing-key: k, status-types: [on-complete]}",
         "`on-complete` is not a status of a task", "did you mean `on-completed`?"),
        ("{type: email}", "a recipient of type `email` lacks `address`", ""),
        ("{type: pulse, routing-key: k, address: a}",
         "a recipient of type `pulse` has no `address`", ""),
    ],
)  # fmt: skip
def test_recipients_that_would_hear_nothing_are_refused(
    recipient: str, what: str, remedy: str
) -> None:
    found = refusal("notify", f"t: {{notify: {{recipients: [{recipient}]}}}}")
    assert what in found.what
    assert remedy in found.remedy
    assert found.where[0].path[:3] == ("notify", "recipients", 0)
