"""Takes a document, gives the page that shows it: one file without dependencies.

The page is built from `frontend/` (`make page`) and ships with the package. Its content security
policy allows only its own script, and no requests; a live page may also call its own server.
"""

import base64
import gzip
import html
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

#: Markers in the built page that are replaced.
_PART = re.compile(r"\{\{(TITLE|CONNECT|LIVE|DOCUMENT)\}\}")


def pack(document: bytes) -> bytes:
    """A document in the form of pages and servers: gzipped."""
    return gzip.compress(document, 6, mtime=0)


def make_page(title: str, packed: bytes, live: int = 0) -> bytes:
    """The page with a packed document. A `live` page, with a number, listens to its server."""
    parts = {
        "TITLE": html.escape(title),
        "CONNECT": "'self'" if live else "'none'",
        "LIVE": str(live),
        "DOCUMENT": base64.b64encode(packed).decode(),
    }
    return "".join(_filled(parts)).encode()


def _filled(parts: dict[str, str]) -> Iterator[str]:
    for place, text in enumerate(_template()):
        yield parts[text] if place % 2 else text


@cache
def _template() -> tuple[str, ...]:
    """The built page: texts, with the names of markers between them."""
    built = files("relpro.page") / "built" / "page.html"
    return tuple(_PART.split(built.read_text(encoding="utf-8")))
