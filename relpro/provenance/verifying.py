"""Takes statements and files, gives all errors in them: offline, with only a key.

- Each release has a promotion of its last phase, which lists the promotion before it, and so on.
- Promotions list every statement, every listed statement exists, and its bytes have the listed
  digest.
- Each file has sources: files with a statement about that digest, or a revision.
- Each published file has a statement, has its digest, and exists.
"""

from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from relpro.errors import Diagnostic, RelproError
from relpro.provenance import names
from relpro.provenance.folder import Read, Releases, stated_in
from relpro.provenance.listed import last_promotion, listed_by
from relpro.provenance.statements import PROVENANCE
from relpro.workers import stores

#: Name -> the digests in provenance statements.
_Stated = Mapping[str, set[str]]


class Unproven(RelproError):
    """Files or statements are missing or wrong (exit code 1)."""

    exit_code = 1


def digests_in(folder: Path) -> dict[str, str]:
    """Path below a folder -> SHA-256 in hex, of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): stores.digest(path) for path in files}


def wrong_statements(releases: Releases, phase: str) -> Iterator[Diagnostic]:
    """Errors in statements of releases, each of which reached at least `phase` (U817)."""
    told: set[str] = set()
    for release, statements in releases.items():
        for name, one in _unlisted(release, statements, phase):
            told.add(name)
            yield one
    stated = _stated(releases)
    for release, statements in releases.items():
        for name, read in statements.items():
            for why in _rootless(name, read, stated, told):
                yield _unsound(release, name, why)


def wrong_files(releases: Releases, files: Mapping[str, str], place: str) -> Iterator[Diagnostic]:
    """Errors in files (U816): path -> digest, for all files at a place of the storage.

    The place is bucket and folder; empty for the whole storage.
    """
    place = place.strip("/")
    above = names.of_object(f"{place}/" if place else "")
    stated = {name: said for name, said in _stated(releases).items() if name.startswith(above)}
    for path, digest in files.items():
        said = stated.get(above + path)
        if said is None:
            why = f"there is no statement `{above + path}` that holds"
            yield Diagnostic("U816", f"nothing is stated of `{path}`", why=why)
        elif digest not in said:
            why = f"it has sha256 {digest}; stated is {' or '.join(sorted(said))}"
            yield Diagnostic("U816", f"`{path}` has other bytes than were stated", why=why)
    for name in stated:
        if name.removeprefix(above) not in files:
            what = f"`{name.removeprefix(above)}` is missing"
            yield Diagnostic("U816", what, why="it is stated that it was published")


def _unlisted(
    release: str, statements: Mapping[str, Read], phase: str
) -> Iterator[tuple[str, Diagnostic]]:
    """Name and error of statements that are invalid, or not as the promotions list them."""
    last = last_promotion(statements, phase)
    listed = listed_by(release, statements, last)
    for name, digest in listed.digests.items():
        if name not in statements:
            yield name, _missing(release, name, is_last=name == last)
        elif statements[name].sha256 != digest and not statements[name].wrong:
            why = f"it is not the one that a promotion lists, which has sha256 {digest}"
            yield name, _unsound(release, name, why)
    for name, one in statements.items():
        if one.wrong:
            yield name, _unsound(release, name, one.wrong)
        elif listed.is_whole and name not in listed.digests:
            yield name, _unsound(release, name, "no promotion of the release lists it")


def _stated(releases: Releases) -> _Stated:
    found: dict[str, set[str]] = {}
    for _, said in stated_in(releases):
        for name, digest in said.subjects.items() if said.kind == PROVENANCE else ():
            found.setdefault(name, set()).add(digest)
    return found


def _rootless(name: str, one: Read, stated: _Stated, told: Container[str]) -> Iterator[str]:
    """Errors in the stated sources of a file, except those that are reported already."""
    said = one.statement
    if said is None or said.kind != PROVENANCE:
        return
    if name not in said.subjects:
        yield f"it is of {', '.join(said.subjects)}"
    if not said.dependencies:
        yield "it names nothing that the file is made of"
    for dependency in said.dependencies:
        source, digest = dependency.get("name"), dependency.get("digest", {}).get("sha256", "")
        if source is not None and source not in told and digest not in stated.get(source, ()):
            with_ = f" with sha256 {digest}" if digest else ""
            yield f"the file is of `{source}`{with_}, of which nothing is stated"


def _missing(release: str, name: str, *, is_last: bool) -> Diagnostic:
    what = f"the statement `{release}/{name}` is missing"
    if not is_last:
        return Diagnostic("U817", what, why="a promotion of the release lists it")
    remedy = "of a release that has not come so far, name the phase: `--phase PHASE`"
    return Diagnostic(
        "U817", what, why="without it nobody knows which others there are", remedy=remedy
    )


def _unsound(release: str, name: str, why: str) -> Diagnostic:
    return Diagnostic("U817", f"the statement `{release}/{name}` does not hold", why=why)
