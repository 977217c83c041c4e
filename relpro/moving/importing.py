"""Takes the folder of a repository, gives the files of a relpro project, and the remaining work."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from relpro.errors import Diagnostic, Origin, raise_all
from relpro.moving.chain import chain_of
from relpro.moving.configuration import configuration
from relpro.moving.configuring import Configuring
from relpro.moving.kinds import MovedKind, kind_files, moved_kinds
from relpro.moving.layout import written
from relpro.moving.naming import PACKAGE, Naming
from relpro.moving.needed import needed_files
from relpro.moving.notes import Note, Notebook
from relpro.moving.repository import Repository, read_repository
from relpro.moving.skeletons import (
    code_review_file,
    extension_file,
    owned_transforms,
    transform_file,
)

#: The name of the package if the repository has another one with the usual name.
_OTHER_PACKAGE: Final = "relpro_transforms"


@attrs.frozen(eq=False, repr=False)
class Import:
    """The result of an import: text by path below the output, notes, and counts.

    `skeletons` are the files that must be completed by hand, `needed` the files of the repository
    that kinds name.
    """

    repository: Repository
    files: Mapping[str, str]
    skeletons: tuple[str, ...]
    needed: tuple[str, ...]
    notes: tuple[Note, ...]
    kinds: int
    tasks: int


def imported(folder: Path, output: Path | None = None) -> Import:
    """The whole project. Nothing is written.

    Raises `RelproError`: M901, M902 and M904 for a configuration that cannot be read.
    """
    repository = read_repository(folder)
    book = Notebook()
    place = output or repository.root
    package = _OTHER_PACKAGE if (place / PACKAGE).exists() else PACKAGE
    chains = map(chain_of, repository.kinds)
    naming = Naming.of(package, (step for chain in chains for step in chain.own))
    kinds = moved_kinds(repository, naming, book)
    configuring = Configuring(repository, kinds, naming, book)
    files = {"kinds/config.yml": written(configuration(configuring))}
    files |= dict(kind_files(kinds, naming, configuring.products(), book))
    python = dict(_python(repository, kinds, naming, book))
    python |= dict(map(extension_file, configuring.extensions))
    skeletons = tuple(python)
    if any(kind.chain.has("code_review") for kind in kinds):
        path, text = code_review_file(naming)
        python[path] = text
    if python:
        about = '"""What this project does in Python."""\n'
        python[f"{naming.package}/__init__.py"] = about
    entries = [entry.data for kind in kinds for entry in kind.entries]
    needed = needed_files(repository.root, entries)
    return Import(
        repository, files | python, skeletons, needed, book.every(), len(kinds), len(entries)
    )


def _python(
    repository: Repository, kinds: Sequence[MovedKind], naming: Naming, book: Notebook
) -> Iterator[tuple[str, str]]:
    for owned in owned_transforms(repository, kinds):
        path, text = transform_file(owned, naming, repository)
        module = repository.module(owned.step.module)
        where = module.origin() if module else owned.step.where
        sort = "loader" if owned.expands else "transform"
        book.hand(where, f"{sort} `{owned.step.module}:{owned.step.name}`", f"write `{path}`")
        yield path, text


def write_files(made: Import, output: Path) -> None:
    """Write every file of an import below a folder, with the needed files if it is elsewhere.

    Raises `RelproError` (M903), and writes nothing, if one of them exists.
    """
    root = made.repository.root
    copied = () if output.resolve() == root else made.needed
    raise_all(_there((*made.files, *copied), output))
    for path, text in made.files.items():
        _place(output / path).write_text(text, encoding="utf-8")
    for path in copied:
        shutil.copy(root / path, _place(output / path))


def _place(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _there(paths: Iterable[str], output: Path) -> Iterator[Diagnostic]:
    for path in paths:
        if (output / path).exists():
            remedy = "move it away, or name another folder: `--output FOLDER`"
            yield Diagnostic("M903", f"`{path}` is there already", (Origin(path),), remedy=remedy)
