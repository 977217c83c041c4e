"""Takes a path and a port; gives an update server that serves on loopback, a thread a request."""

import json
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote

from relpro.errors import Diagnostic, RelproError
from relpro.updates.calls import Reply
from relpro.updates.service import Received, Service

#: Bytes that are read of a body at most.
LARGEST = 100_000_000


class UpdateServer:
    """A service at `address`, while the context lasts."""

    def __init__(self, service: Service, port: int = 0, certificate: Path | None = None) -> None:
        """Take a port of 127.0.0.1, 0 for any that is free.

        `certificate` is a file with certificate and key, for HTTPS: clients that fetch a token
        insist on it. Raises `RelproError` (U801) where port or certificate cannot be used.
        """
        self.service = service
        try:
            context = None if certificate is None else _context(certificate)
            self._server = _Server(("127.0.0.1", port), _handler(service))
        except OSError as error:
            raise _unusable(port, certificate, error) from error
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if context is None else "https"
        self.address = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="update server", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=30)


class _Server(ThreadingHTTPServer):
    """Threads that end with the process."""

    daemon_threads = True
    request_queue_size = 128


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    """The handler of requests to a service."""

    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"
        server_version = "relpro"
        timeout = 60

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing: requests are many."""

        def _do(self) -> None:
            _answer(self, service.handle)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - what is looked for

    return Handler


def _answer(handler: BaseHTTPRequestHandler, handle: Callable[[Received], Reply]) -> None:
    length = handler.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST:
        handler.close_connection = True
        _send(handler, Reply("too large", 413, "text/plain; charset=utf-8"))
        return
    body = handler.rfile.read(int(length))
    path, _, query = handler.path.partition("?")
    received = Received(
        method=handler.command,
        path=unquote(path),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in handler.headers.items()},
        body=body,
    )
    _send(handler, handle(received))


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    if isinstance(reply.body, bytes):
        body = reply.body
    else:
        text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        body = text.encode()
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Type", reply.content_type)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


def _unusable(port: int, certificate: Path | None, error: OSError) -> RelproError:
    if certificate is not None and isinstance(error, ssl.SSLError | FileNotFoundError):
        what = f"`{certificate}` is no certificate with its key: {error.strerror or error}"
        remedy = "name a PEM file that holds both"
    else:
        what = f"port {port} of 127.0.0.1 cannot be used: {error.strerror}"
        remedy = "name another port, or 0 for any"
    return RelproError(Diagnostic("U801", what, remedy=remedy))
