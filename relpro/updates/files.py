"""Takes the folders behind URLs; checks offered files against their description."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import attrs

from relpro.updates.offer import Patch


@attrs.define
class Files:
    """Folders by URL prefix: `https://host/pub/` -> the folder with its files."""

    folders: Mapping[str, Path]
    _digests: dict[tuple[Path, str], str] = attrs.field(factory=dict, init=False)

    def knows(self, url: str) -> bool:
        """Whether the file behind a URL is known."""
        return self._path(url) is not None

    def problem(self, patch: Patch) -> str:
        """What is wrong with an offered file; empty if it is right or not known."""
        path = self._path(patch.url)
        if path is None:
            return ""
        if not path.is_file():
            return f"there is no file for {patch.url}"
        size = path.stat().st_size
        if size != patch.size:
            return f"{patch.url} has {size} bytes, not {patch.size}"
        digest = self._digest(path, patch.hash_function)
        if digest != patch.hash_value.lower():
            return f"{patch.url} has another {patch.hash_function}"
        return ""

    def _path(self, url: str) -> Path | None:
        for start, folder in self.folders.items():
            if url.startswith(start):
                below = unquote(url.removeprefix(start)).lstrip("/")
                return folder.joinpath(*(part for part in below.split("/") if part != ".."))
        return None

    def _digest(self, path: Path, function: str) -> str:
        if (path, function) not in self._digests:
            with path.open("rb") as file:
                made = hashlib.file_digest(file, function.lower()).hexdigest()
            self._digests[path, function] = made
        return self._digests[path, function]
