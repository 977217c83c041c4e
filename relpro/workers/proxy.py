"""Takes a claim, gives a URL at which its task reaches Taskcluster with its own credentials.

Source: taskcluster-proxy: `/api/SERVICE/VERSION/...` is signed and passed on to the deployment.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import requests

from relpro.workers.claims import Claim
from relpro.workers.loopback import Call, serving

#: The timeout of a service, in seconds.
_PATIENCE = 120

#: End-to-end headers of a call and of an answer.
_OF_CALLS = ("Content-Type", "Accept")
_OF_ANSWERS = ("Content-Type", "Location")


@contextmanager
def proxy(claim: Claim) -> Iterator[str]:
    """The URL of a proxy on loopback, during the context."""

    class ToTaskcluster(Call):
        def _do(self) -> None:
            _pass_on(self, claim)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - what is looked for

    with serving(ToTaskcluster) as address:
        yield address


def _pass_on(call: Call, claim: Claim) -> None:
    body = call.rfile.read(int(call.headers.get("Content-Length") or 0))
    if not call.path.startswith("/api/"):
        call.answer(404, {}, b"this proxy knows /api/ alone\n")
        return
    access, verb = claim.access, call.command
    url = access.url(call.path)
    headers = {name: call.headers[name] for name in _OF_CALLS if name in call.headers}
    try:
        reply = requests.request(
            verb,
            url,
            data=body or None,
            headers={**headers, **access.sign(verb, url)},
            allow_redirects=False,
            timeout=_PATIENCE,
        )
    except requests.RequestException as error:
        call.answer(502, {}, f"Taskcluster cannot be reached: {error}\n".encode())
        return
    call.pass_on(reply, _OF_ANSWERS)
