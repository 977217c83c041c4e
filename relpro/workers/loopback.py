"""Takes a class whose objects answer HTTP calls, serves it on loopback, a thread a connection."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests


class Call(BaseHTTPRequestHandler):
    """A call that is to be answered. Classes of it have `do_GET` and the like."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing: what is asked for is in the logs of who asks, and of who is asked."""

    def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Answer; the body stays away where only headers are asked for."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def pass_on(self, reply: requests.Response, kept: tuple[str, ...]) -> None:
        """Answer as another has, with those of its headers that mean something beyond this hop."""
        headers = {name: reply.headers[name] for name in kept if name in reply.headers}
        self.answer(reply.status_code, headers, reply.content)


@contextmanager
def serving(calls: type[Call]) -> Iterator[str]:
    """The address at which calls are answered, for as long as the context lasts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), calls) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
