"""Takes a claim, gives an address at which its task reaches Taskcluster with its own credentials.

Source: taskcluster-proxy: `/api/SERVICE/VERSION/...` is signed and passed on to the deployment.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from relpro.workers.claims import Claim

#: Seconds that a service may be silent.
_PATIENCE = 120

#: Headers of a call, and of an answer, that mean something beyond this hop.
_OF_CALLS = ("Content-Type", "Accept")
_OF_ANSWERS = ("Content-Type", "Location")


@contextmanager
def proxy(claim: Claim) -> Iterator[str]:
    """The address of a proxy on loopback, for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _pass_on(self, claim)

        do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815 - as above

        def log_message(self, *_: Any) -> None:
            """Say nothing: what is called is in the queue's own log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _pass_on(call: BaseHTTPRequestHandler, claim: Claim) -> None:
    body = call.rfile.read(int(call.headers.get("Content-Length") or 0))
    if not call.path.startswith("/api/"):
        _answer(call, 404, {}, b"this proxy knows /api/ alone\n")
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
        _answer(call, 502, {}, f"Taskcluster cannot be reached: {error}\n".encode())
        return
    kept = {name: reply.headers[name] for name in _OF_ANSWERS if name in reply.headers}
    _answer(call, reply.status_code, kept, reply.content)


def _answer(
    call: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes
) -> None:
    call.send_response(status)
    for name, value in headers.items():
        call.send_header(name, value)
    call.send_header("Content-Length", str(len(body)))
    call.end_headers()
    if call.command != "HEAD":
        call.wfile.write(body)
