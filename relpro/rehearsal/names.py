"""Takes hosts of the world and what stands for each, gives a proxy by which programs reach them.

Programs that are told of it (`http_proxy`) use the addresses of production, and stay on this
machine: a host that nothing stands for is refused.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import attrs
import requests


@attrs.frozen
class Place:
    """Where something is: what is there is given, or who asks `is_sent` there."""

    address: str
    is_sent: bool = False


#: Gives where a path (with its query) of a host is; None: nothing is there.
Standing = Callable[[str], Place | None]

_PATIENCE = 60

#: Headers of an answer that mean something beyond this hop.
_KEPT = ("Content-Type", "Location", "ETag")


def at(address: str) -> Standing:
    """What stands for a host: the same paths below an address."""
    return lambda path: Place(address.rstrip("/") + path)


@contextmanager
def names(hosts: Mapping[str, Standing]) -> Iterator[str]:
    """The address of the proxy on loopback, for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            standing = hosts.get(parts.netloc)
            if standing is None:
                _answer(self, 502, {}, f"nothing stands for {parts.netloc} here\n".encode())
                return
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            _pass_on(self, standing(path))

        do_HEAD = do_GET  # noqa: N815 - as above

        def do_CONNECT(self) -> None:
            _answer(self, 502, {}, b"nothing is reached by TLS here\n")

        def log_message(self, *_: Any) -> None:
            """Say nothing: what is asked for is in the logs of who asks."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _pass_on(call: BaseHTTPRequestHandler, place: Place | None) -> None:
    if place is None:
        _answer(call, 404, {}, b"nothing is known by this name\n")
        return
    if place.is_sent:
        _answer(call, 302, {"Location": place.address}, b"")
        return
    try:
        reply = requests.request(
            call.command,
            place.address,
            allow_redirects=False,
            timeout=_PATIENCE,
            proxies={"http": "", "https": ""},
        )
    except requests.RequestException as error:
        _answer(call, 502, {}, f"{error}\n".encode())
        return
    kept = {name: reply.headers[name] for name in _KEPT if name in reply.headers}
    _answer(call, reply.status_code, kept, reply.content)


def _answer(
    call: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    call.send_response(status)
    for name, value in headers.items():
        call.send_header(name, value)
    call.send_header("Content-Length", str(len(body)))
    call.end_headers()
    if call.command != "HEAD":
        call.wfile.write(body)
