"""Takes a path and a port; runs an update server on loopback, one thread per request."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase, BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import parse_qsl, unquote

from relpro.errors import Diagnostic, RelproError
from relpro.updates.calls import Part, Received, Reply

#: The most bytes of a body that are read.
LARGEST = 100_000_000

#: Bytes of a file that are read at a time.
_PIECE = 1 << 20


#: Answers a request.
Handle = Callable[[Received], Reply]


class UpdateServer:
    """Answers requests at `address`, during the context."""

    def __init__(self, handle: Handle, port: int = 0, certificate: Path | None = None) -> None:
        """Use a port of 127.0.0.1, 0 for any free one; `handle` is called by several threads.

        `certificate` is a file with certificate and key, for HTTPS, which clients that fetch a
        token require. Raises `RelproError` (U801) if port or certificate cannot be used.
        """
        try:
            context = None if certificate is None else _context(certificate)
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise _unusable(port, certificate, error) from error
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if context is None else "https"
        self.address = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._server.answer = partial(_answer, handle, self.address)
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

    answer: Callable[[BaseHTTPRequestHandler], None]
    daemon_threads = True
    request_queue_size = 128


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "relpro"
    timeout = 60
    #: Buffered: headers and body that are sent separately wait for each other's acknowledgement.
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Log nothing: there are many requests."""

    def _do(self) -> None:
        self.server.answer(self)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - what is looked for


def _answer(handle: Handle, address: str, handler: BaseHTTPRequestHandler) -> None:
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
        address=address,
    )
    _send(handler, handle(received))


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    with _content(reply.body) as (content, length):
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", reply.content_type)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        if handler.command != "HEAD":
            _copy(content, handler.wfile, length)


@contextmanager
def _content(body: object) -> Iterator[tuple[BinaryIO, int]]:
    """The source of an answer's body, and its length in bytes."""
    if isinstance(body, Part):
        with body.path.open("rb") as file:
            file.seek(body.start)
            yield file, body.length
        return
    text = body if isinstance(body, str) else json.dumps(body)
    yield BytesIO(text.encode()), len(text.encode())


def _copy(source: BinaryIO, target: BufferedIOBase, length: int) -> None:
    while length and (piece := source.read(min(length, _PIECE))):
        target.write(piece)
        length -= len(piece)


def _unusable(port: int, certificate: Path | None, error: OSError) -> RelproError:
    if certificate is not None and isinstance(error, ssl.SSLError | FileNotFoundError):
        what = f"`{certificate}` is not a certificate with its key: {error.strerror or error}"
        remedy = "name a PEM file that holds both"
    else:
        what = f"port {port} of 127.0.0.1 cannot be used: {error.strerror}"
        remedy = "name another port, or 0 for any"
    return RelproError(Diagnostic("U801", what, remedy=remedy))
