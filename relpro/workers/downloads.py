"""Takes a ledger and where files are; answers requests for download names with where they lead.

    /?product=widget-2.0-complete&os=linux64&lang=de     302, to the file

`UpdateServer(Downloads(ledger, archive).handle)` serves it. Source: Bouncer, whose names count in
any case, and of which an alias stands for a product.
"""

from collections.abc import Mapping

import attrs

from relpro.updates.calls import Received, Reply
from relpro.workers.ledger import Ledger
from relpro.workers.scripts.bouncer import ALIAS, PRODUCT, SERVICE

_LANGUAGE = ":lang"

#: What is asked for where nothing is said.
_USUAL = {"product": "", "os": "win", "lang": "en-US"}

#: Below which folder of the archive paths of products are.
_FOLDER = "pub"


@attrs.frozen
class Downloads:
    """Download names; `archive` is what addresses of files begin with."""

    ledger: Ledger
    archive: str

    def handle(self, received: Received) -> Reply:
        """The answer to a request: where the file is, or that nothing has that name."""
        found = self.location(received.query)
        if found is None:
            return Reply("not found", 404, "text/plain; charset=utf-8")
        return Reply("", 302, "text/plain; charset=utf-8", {"Location": found})

    def location(self, query: Mapping[str, str]) -> str | None:
        """Where the file is that a query asks for."""
        asked = {**_USUAL, **query}
        alias = self.ledger.find(SERVICE, ALIAS, asked["product"])
        name = alias["product"] if alias else asked["product"]
        product = self.ledger.find(SERVICE, PRODUCT, name)
        path = product["paths"].get(asked["os"]) if product else None
        if path is None:
            return None
        return f"{self.archive.rstrip('/')}/{_FOLDER}{path.replace(_LANGUAGE, asked['lang'])}"
