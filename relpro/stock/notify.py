"""Takes a task and recipients, adds the routes and messages of the notify service.

```yaml
transforms: [relpro.stock.notify]
tasks:
  announce:
    notify:
      recipients:
        - {type: email, address: "releases@example.com", status-types: [on-completed]}
        - {type: matrix-room, room-id: "!abc:example.com"}
        - {type: slack-channel, channel-id: C012345}
        - {type: pulse, routing-key: releases}
      content:
        email: {subject: "{version} is out", content: "...", link: {text: log, href: "..."}}
        slack: {text: "...", blocks: [], attachments: []}
        matrix: {body: "...", msgtype: m.notice, format: ..., formatted-body: "..."}
```

A recipient is notified of each of its `status-types` (default: `on-completed`). Without `content`,
the service sends its standard messages. Source: Taskcluster, notify service, task notifications.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import TaskDescription
from relpro.stock.candidates import unknown_name
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import OneOf, text

#: The statuses that the service can report.
STATUSES = (
    "on-completed",
    "on-defined",
    "on-exception",
    "on-failed",
    "on-pending",
    "on-resolved",
    "on-running",
    "on-transition",
)

#: Recipient type -> the key of its address.
ADDRESS_KEYS = {
    "email": "address",
    "matrix-room": "room-id",
    "pulse": "routing-key",
    "slack-channel": "channel-id",
}

#: relpro's key -> the service's, in `task.extra.notify`.
_MESSAGES = {
    "slack": {"text": "slackText", "blocks": "slackBlocks", "attachments": "slackAttachments"},
    "matrix": {
        "body": "matrixBody",
        "format": "matrixFormat",
        "formatted-body": "matrixFormattedBody",
        "msgtype": "matrixMsgtype",
    },
}

NOTIFY = Section(
    "notify",
    {
        Required("recipients"): [
            {
                Required("type"): OneOf(*ADDRESS_KEYS),
                **{Optional(key): text for key in ADDRESS_KEYS.values()},
                Optional("status-types"): [text],
            }
        ],
        Optional("content"): {
            Optional("email"): {
                Optional("subject"): text,
                Optional("content"): text,
                Optional("link"): {Required("text"): text, Required("href"): text},
            },
            Optional("slack"): {
                Optional("text"): text,
                Optional("blocks"): list,
                Optional("attachments"): list,
            },
            Optional("matrix"): {Optional(key): text for key in _MESSAGES["matrix"]},
        },
    },
)


def notify(_ctx: Context, description: TaskDescription) -> TaskDescription:
    """The description with a `notify.` route for each recipient and status, and the messages."""
    section = description.sections.get("notify")
    if section is None:
        return description
    added = tuple(
        route
        for place, recipient in enumerate(section["recipients"])
        for route in _routes(recipient, place)
    )
    routes = tuple(dict.fromkeys((*description.routes, *added)))
    messages = dict(_messages(section.get("content", {})))
    known = description.replace(routes=routes)
    return known.with_extra(notify=messages) if messages else known


def _routes(recipient: Mapping[str, Any], place: int) -> Iterator[str]:
    path = ("notify", "recipients", place)
    kind = recipient["type"]
    if kind not in ADDRESS_KEYS:
        raise unknown_name("a type of recipient", kind, ADDRESS_KEYS, (*path, "type"))
    key = ADDRESS_KEYS[kind]
    for given in recipient:
        if given not in ("type", "status-types", key):
            raise Refusal(f"a recipient of type `{kind}` has no `{given}`", path=(*path, given))
    if not recipient.get(key):
        raise Refusal(f"a recipient of type `{kind}` lacks `{key}`", path=path)
    for number, status in enumerate(recipient.get("status-types", ("on-completed",))):
        _check_status(status, (*path, "status-types", number))
        yield f"notify.{kind}.{recipient[key]}.{status}"


def _check_status(status: str, path: tuple[str | int, ...]) -> None:
    if status == "on-any":
        remedy = "say `on-resolved` for the end of the task, or `on-transition` for every change"
        raise Refusal("`on-any` is deprecated by the notify service", remedy, path)
    if status not in STATUSES:
        raise unknown_name("a status of a task", status, STATUSES, path)


def _messages(content: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    if "email" in content:
        yield "email", content["email"]
    for channel, keys in _MESSAGES.items():
        for key, value in content.get(channel, {}).items():
            yield keys[key], value


transforms = (each(notify, NOTIFY),)
