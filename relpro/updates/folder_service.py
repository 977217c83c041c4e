"""Takes HTTP requests as data; gives the answers of a server that offers a folder of MARs."""

import re
from collections.abc import Mapping
from pathlib import Path

import attrs

from relpro.errors import RelproError
from relpro.updates.answer import Answer, answer
from relpro.updates.calls import Part, Received, Reply
from relpro.updates.folder import FILES, Folder
from relpro.updates.refusal import Broken
from relpro.updates.replies import update_reply
from relpro.updates.request import Request

#: The header of clients that continue an interrupted download.
_RANGE = re.compile(r"bytes=(\d+)-(\d*)", re.ASCII)

_MAR = "application/octet-stream"


@attrs.frozen
class FolderService:
    """Offers the files of a folder to every client, and serves them."""

    folder: Folder

    def handle(self, received: Received) -> Reply:
        """The answer to a request; thread-safe."""
        if received.path.startswith(FILES):
            return self._file(received)
        return update_reply(received, lambda request: self.answer(request, received.address))

    def answer(self, request: Request, address: str) -> Answer:
        """The answer to a client; `address` is the URL of this server."""
        try:
            tables = self.folder.tables(request, address)
        except RelproError as error:
            return Answer(refusal=Broken(str(error)), reason=str(error))
        return answer(tables, request, 0)

    def _file(self, received: Received) -> Reply:
        wanted = received.path.removeprefix(FILES)
        if wanted not in self.folder.names():
            return Reply("there is no such MAR", 404, "text/plain; charset=utf-8")
        return _part(self.folder.path / wanted, received.headers)


def _part(path: Path, headers: Mapping[str, str]) -> Reply:
    size = path.stat().st_size
    asked = _RANGE.fullmatch(headers.get("range", ""))
    told = {"Accept-Ranges": "bytes"}
    if asked is None:
        return Reply(Part(path, 0, size), 200, _MAR, told)
    first, last = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
    if first > last:
        return Reply("", 416, _MAR, {**told, "Content-Range": f"bytes */{size}"})
    told["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Reply(Part(path, first, last - first + 1), 206, _MAR, told)
