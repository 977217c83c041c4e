"""Takes an update request; gives the HTTP answer that Balrog gives.

Source: auslib/web/public/client.py and auslib/web/public/base.py.
"""

import html
from collections.abc import Callable

from relpro.updates.answer import Answer
from relpro.updates.calls import Received, Reply
from relpro.updates.request import Request, read_request
from relpro.updates.update_xml import NO_UPDATE, update_xml

#: How long caches may keep an answer.
_CACHED = {"Cache-Control": "public, max-age=90"}

_XML, _TEXT = "text/xml; charset=utf-8", "text/plain; charset=utf-8"


def update_reply(received: Received, ask: Callable[[Request], Answer]) -> Reply:
    """The answer to a path below `/update`; for an unknown path, no update."""
    agent = received.headers.get("user-agent", "")
    request = read_request(received.path, received.query, agent)
    if request is None or received.method not in {"GET", "HEAD"}:
        return Reply(NO_UPDATE, content_type=_XML, headers=_CACHED)
    given = ask(request)
    if given.refusal is not None:
        text = html.escape(given.refusal.text, quote=False)
        return Reply(text, given.refusal.status, _TEXT, _CACHED)
    rule = given.rule
    headers = {
        **_CACHED,
        "Rule-ID": str(rule.rule_id) if rule else "unknown",
        "Rule-Data-Version": str(rule.data_version) if rule else "unknown",
    }
    return Reply(update_xml(given.offer), 200, _XML, headers)
