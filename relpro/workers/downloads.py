"""Takes a ledger and the URL of files; redirects requests for download names.

    /?product=widget-2.0-complete&os=linux64&lang=de     302, to the file

`UpdateServer(Downloads(ledger, archive).handle)` serves it. Source: Bouncer, whose names are
case-insensitive, and whose aliases stand for a product.
"""

from collections.abc import Mapping

import attrs

from relpro.updates.calls import Received, Reply
from relpro.workers.ledger import Ledger
from relpro.workers.scripts.bouncer import ALIAS, PRODUCT, SERVICE

_LANGUAGE = ":lang"

#: Defaults of a request.
_USUAL = {"product": "", "os": "win", "lang": "en-US"}

#: The folder of the archive to which paths of products are relative.
_FOLDER = "pub"


@attrs.frozen
class Downloads:
    """Download names; `archive` is the base URL of files."""

    ledger: Ledger
    archive: str

    def handle(self, received: Received) -> Reply:
        """The answer to a request: a redirect to the file, or 404."""
        found = self.location(received.query)
        if found is None:
            return Reply("not found", 404, "text/plain; charset=utf-8")
        return Reply("", 302, "text/plain; charset=utf-8", {"Location": found})

    def location(self, query: Mapping[str, str]) -> str | None:
        """The URL of the file for a query."""
        asked = {**_USUAL, **query}
        alias = self.ledger.find(SERVICE, ALIAS, asked["product"])
        name = alias["product"] if alias else asked["product"]
        product = self.ledger.find(SERVICE, PRODUCT, name)
        path = product["paths"].get(asked["os"]) if product else None
        if path is None:
            return None
        return f"{self.archive.rstrip('/')}/{_FOLDER}{path.replace(_LANGUAGE, asked['lang'])}"
