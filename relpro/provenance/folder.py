"""Takes a folder, stores statements in it, and reads them: RELEASE/NAME.intoto.json, key.pub.

Each release has a folder of its own, which can be moved on its own.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
from securesystemslib.signer import SSlibKey

from relpro.errors import Diagnostic, RelproError
from relpro.provenance.statements import Statement, Unsound, digest_of, opened

_END = ".intoto.json"

#: The public key of the signer, beside the releases.
KEY = "key.pub"


@attrs.frozen
class Read:
    """An envelope that was read: its digest, and its statement.

    If it cannot be trusted, there is no statement, and `wrong` says why.
    """

    sha256: str
    statement: Statement | None
    wrong: str = ""


#: Release -> name -> envelope.
Releases = Mapping[str, Mapping[str, Read]]


def write(folder: Path, release: str, envelopes: Mapping[str, bytes]) -> None:
    """Write envelopes by the names of their statements. Raises `OSError`."""
    for name, content in envelopes.items():
        path = folder / release / f"{name}{_END}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def contents(folder: Path) -> dict[str, dict[str, bytes]]:
    """Release -> name -> content of each envelope in a folder.

    Raises `RelproError` (U819) for a folder without statements.
    """
    found: dict[str, dict[str, bytes]] = {}
    for path in sorted(folder.glob(f"*/**/*{_END}")):
        release, *parts = path.relative_to(folder).parts
        name = "/".join(parts).removesuffix(_END)
        found.setdefault(release, {})[name] = path.read_bytes()
    if not found:
        what = f"there are no statements in `{folder}`"
        remedy = "name the folder `provenance` that a rehearsal has left: `--statements DIR`"
        raise RelproError(Diagnostic("U819", what, remedy=remedy))
    return found


def read(envelopes: Mapping[str, Mapping[str, bytes]], key: SSlibKey) -> Releases:
    """The statements in envelopes, as signed by a key."""
    return {
        release: {name: _read(content, key) for name, content in some.items()}
        for release, some in envelopes.items()
    }


def _read(content: bytes, key: SSlibKey) -> Read:
    digest = digest_of(content)
    try:
        statement = opened(content, key)
    except Unsound as unsound:
        return Read(digest, None, str(unsound))
    return Read(digest, statement)


def found_above(place: Path) -> tuple[Path | None, str]:
    """The folder of statements for a file or folder, and its place in the storage.

    A rehearsal leaves `published/BUCKET/KEY` beside `provenance`. For any other path, both are
    unknown.
    """
    path = place.resolve()
    for above in (path, *path.parents):
        beside = above.parent / "provenance"
        if above.name == "published" and beside.is_dir():
            return beside, "" if path == above else path.relative_to(above).as_posix()
    return None, ""


def stated_in(releases: Releases) -> Iterator[tuple[str, Statement]]:
    """(name, statement) of all trusted statements, in the order of the releases."""
    for some in releases.values():
        for name, one in some.items():
            if one.statement is not None:
                yield name, one.statement
