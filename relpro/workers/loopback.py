"""Takes a class that handles HTTP calls, serves it on loopback, one thread per connection."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests


class Call(BaseHTTPRequestHandler):
    """A call to be answered. Subclasses have `do_GET` and so on."""

    protocol_version = "HTTP/1.1"

    #: Buffered: headers and body that are sent separately wait for each other's acknowledgement.
    wbufsize = -1

    def log_message(self, *_: object) -> None:
        """Log nothing: both sides of a call have logs of their own."""

    def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Answer; a HEAD request gets no body."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def pass_on(self, reply: requests.Response, kept: tuple[str, ...]) -> None:
        """Pass on the answer of another server, with its end-to-end headers."""
        headers = {name: reply.headers[name] for name in kept if name in reply.headers}
        self.answer(reply.status_code, headers, reply.content)


@contextmanager
def serving(calls: type[Call]) -> Iterator[str]:
    """The URL at which calls are answered during the context."""
    with ThreadingHTTPServer(("127.0.0.1", 0), calls) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
