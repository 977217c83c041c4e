"""Takes documents as they come, serves their page to this machine only.

A request must contain the token of the URL, use a host name of this machine, and not come from
another page. Open pages learn of every new document by server-sent events.
"""

import hmac
import secrets
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import attrs
import orjson

from relpro.page.html import make_page

#: Seconds after which the server sends a sign of life to an open page.
_BEAT = 15.0


@attrs.frozen
class State:
    """The last valid document, its number, and the error of a later one."""

    packed: bytes = attrs.field(repr=False)
    number: int = 1
    problems: str = ""


class PageServer(ThreadingHTTPServer):
    """A server of one page, on loopback. Raises `OSError` if the port is not available."""

    daemon_threads = True

    def __init__(self, port: int, packed: bytes) -> None:
        self.token = secrets.token_urlsafe(24)
        self.state = State(packed)
        self.changed = threading.Condition()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self) -> str:
        """The URL of the page."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    def show(self, packed: bytes) -> None:
        """Send a new document to all open pages."""
        with self.changed:
            number = self.state.number + 1
            self.state = attrs.evolve(self.state, packed=packed, number=number, problems="")
            self.changed.notify_all()

    def complain(self, problems: str) -> None:
        """Tell all open pages why there is no new document; the last one stays."""
        with self.changed:
            self.state = attrs.evolve(self.state, problems=problems)
            self.changed.notify_all()

    def wait_for_other(self, known: State) -> State:
        """The state as soon as it changes, or the same one after a while."""
        with self.changed:
            self.changed.wait_for(lambda: self.state is not known, timeout=_BEAT)
            return self.state


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    timeout = 30

    def do_GET(self) -> None:
        place = self._place()
        state = self.server.state
        if place is None:
            self._send(HTTPStatus.NOT_FOUND, b"", {"Content-Type": "text/plain"})
        elif place == "":
            page = make_page("relpro", state.packed, live=state.number)
            self._send(HTTPStatus.OK, page, {"Content-Type": "text/html; charset=utf-8"})
        elif place == "document":
            how = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
            self._send(HTTPStatus.OK, state.packed, how)
        elif place == "events":
            self._send_events()
        else:
            self._send(HTTPStatus.NOT_FOUND, b"", {"Content-Type": "text/plain"})

    def _place(self) -> str | None:
        """The requested path below the token; None for an unauthorized request."""
        port = self.server.server_port
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        if host not in hosts or (origin is not None and origin != f"http://{host}"):
            return None
        token, slash, place = self.path.removeprefix("/").partition("/")
        known = hmac.compare_digest(token.encode(), self.server.token.encode())
        return place if known and slash else None

    def _send(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
        self._head(status, {**headers, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def _head(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_GUARDS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_events(self) -> None:
        """Send the state, and each later one, until the page is closed."""
        self._head(HTTPStatus.OK, {"Content-Type": "text/event-stream"})
        state: State | None = None
        try:
            while True:
                now = self.server.wait_for_other(state) if state else self.server.state
                self.wfile.write(_event(now) if now is not state else b": still here\n\n")
                self.wfile.flush()
                state = now
        except (ConnectionError, TimeoutError):
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is overridden
        """Nothing: users do not need a log of requests."""


#: Headers of every answer, besides the policy inside the page.
_GUARDS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def _event(state: State) -> bytes:
    data = orjson.dumps({"number": state.number, "problems": state.problems})
    return b"event: state\ndata: " + data + b"\n\n"
