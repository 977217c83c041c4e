"""Takes the kinds of an import, gives the files of the repository that they name.

They stay where they are if relpro's project is in the repository, and are copied if it is written
elsewhere: folders of images with their includes, scripts and sources of toolchains, keys.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from relpro.errors import RelproError
from relpro.load.tree import PLAIN, TreeFile
from relpro.moving.merged import alternatives, as_mapping
from relpro.stock.docker_context import included_by


def needed_files(root: Path, entries: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """The files below `root`, by their sorted relative paths; missing ones are left out."""
    found: set[str] = set()
    for entry in entries:
        for pattern in _named(root, entry):
            found.update(_files(root, pattern))
    return tuple(sorted(found))


def _named(root: Path, entry: Mapping[str, object]) -> Iterator[str]:
    """The files, folders and patterns that an entry names."""
    image = as_mapping(entry.get("image"))
    if isinstance(context := image.get("context"), str):
        yield context
        yield from _included(root / context / "Dockerfile", as_mapping(image.get("args")))
    run = as_mapping(entry.get("run"))
    for named in (run.get("script"), run.get("resources")):
        for one in alternatives(named):
            yield from (str(part) for part in (one if isinstance(one, list) else [one]) if part)
    signature = as_mapping(as_mapping(entry.get("fetch")).get("gpg-signature"))
    if isinstance(key := signature.get("key-path"), str):
        yield key


def _included(dockerfile: Path, args: Mapping[str, object]) -> Iterator[str]:
    try:
        file = TreeFile(dockerfile.name, PLAIN, dockerfile.read_bytes())
        yield from included_by(file, {name: str(value) for name, value in args.items()})
    except (OSError, ValueError, RelproError):
        return


def _files(root: Path, pattern: str) -> Iterator[str]:
    if pattern.startswith("/") or ".." in Path(pattern).parts:
        return
    try:
        places = [root / pattern] if (root / pattern).exists() else list(root.glob(pattern))
    except (ValueError, OSError):
        return
    for place in places:
        for path in [place] if place.is_file() else place.rglob("*"):
            if path.is_file():
                yield path.relative_to(root).as_posix()
