"""Servers on loopback that fail as real ones do."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

Handle = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(handle: Handle) -> Iterator[str]:
    """The address of a server that answers GET and POST by `handle`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            handle(self)

        do_POST = do_GET  # noqa: N815 - what http.server calls

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Files:
    """Answers with bytes by path; cuts the first answers short, after `cut` bytes, `cuts` times."""

    def __init__(self, files: dict[str, bytes], cut: int = 0, cuts: int = 0) -> None:
        self.files = files
        self.cut, self.cuts = cut, cuts
        self.ranges = True
        self.asked: list[tuple[str, str | None]] = []

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append((request.path, request.headers.get("Range")))
        content = self.files.get(urlsplit(request.path).path)
        if content is None:
            request.send_response(404)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        since = 0
        if self.ranges and request.headers.get("Range"):
            since = int(request.headers["Range"].removeprefix("bytes=").rstrip("-"))
        request.send_response(206 if since else 200)
        request.send_header("ETag", '"one"')
        request.send_header("Content-Length", str(len(content) - since))
        request.end_headers()
        if self.cuts:
            self.cuts -= 1
            request.wfile.write(content[since : since + self.cut])
            request.wfile.flush()
            request.close_connection = True
            request.connection.shutdown(2)
            return
        request.wfile.write(content[since:])


class Git:
    """Serves the repositories below a folder by git's own program; refuses the first requests."""

    def __init__(self, folder: Path, refuse: int = 0) -> None:
        self.folder, self.refuse = folder, refuse

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        if self.refuse:
            self.refuse -= 1
            request.send_response(503)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        url = urlsplit(request.path)
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": request.command,
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, capture_output=True, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        request.send_response(int(headers.pop("Status", "200")[:3]))
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
