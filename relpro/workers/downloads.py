"""Takes a ledger and where files are; gives a server that leads download names to them.

    /?product=widget-2.0-complete&os=linux64&lang=de     302, to the file

Source: Bouncer, whose names count in any case, and of which an alias stands for a product.
"""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from relpro.workers.ledger import Ledger
from relpro.workers.scripts.bouncer import ALIAS, PRODUCT, SERVICE

_LANGUAGE = ":lang"

#: What is asked for where nothing is said.
_USUAL = {"os": "win", "lang": "en-US"}

#: Below which folder of the archive paths of products are.
_FOLDER = "pub"


def location(ledger: Ledger, archive: str, query: str) -> str | None:
    """Where the file is that a query asks for; None where nothing has that name."""
    asked = {**_USUAL, **dict(parse_qsl(query))}
    alias = ledger.find(SERVICE, ALIAS, asked.get("product", ""))
    name = alias["product"] if alias else asked.get("product", "")
    product = ledger.find(SERVICE, PRODUCT, name)
    path = product["paths"].get(asked["os"]) if product else None
    if path is None:
        return None
    return f"{archive.rstrip('/')}/{_FOLDER}{path.replace(_LANGUAGE, asked['lang'])}"


class Downloads:
    """Leads clients from names to files, at `address` of loopback, while the context lasts."""

    def __init__(self, ledger: Ledger, archive: str, port: int = 0) -> None:
        """Take a port, 0 for any; `archive` is what addresses of files begin with."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = location(ledger, archive, urlsplit(self.path).query)
                self.send_response(302 if found else 404)
                self.send_header("Content-Length", "0")
                if found:
                    self.send_header("Location", found)
                self.end_headers()

            do_HEAD = do_GET  # noqa: N815 - what is looked for

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

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
        self._thread.join()
