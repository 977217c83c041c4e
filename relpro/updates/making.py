"""Takes the installed and the new version; gives the MAR that updates to it.

The public `mar` package makes the container, its signature and its compression. The instructions
are in `updatev3.manifest`, line by line, in order.
"""

import lzma
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile

import attrs
from mardor.writer import MarWriter

from relpro.updates.mbdiff import make_patch
from relpro.updates.trees import FILE, Leaf, Tree
from relpro.writing import whole_file

MANIFEST = "updatev3.manifest"

#: A file of a build that lists files of earlier versions to remove; folders end with `/`.
REMOVED = "removed-files"


@attrs.frozen
class Marked:
    """The metadata of a MAR: only clients of these channels accept it.

    `key` is the private signing key, as PEM.
    """

    version: str
    channels: str
    key: bytes | None = attrs.field(default=None, repr=False)


def make_complete(new: Tree, mar: Path, marked: Marked) -> None:
    """A MAR that installs all files, whatever exists. Raises `OSError`."""
    lines = ['type "complete"', *(f'add "{name}"' for name in new), *_removals(new)]
    _write(mar, lines, dict(new), marked)


def make_partial(old: Tree, new: Tree, mar: Path, marked: Marked) -> None:
    """A MAR that turns one installation into another. Raises `OSError`."""
    lines, members = ['type "partial"'], {}
    for name, leaf in new.items():
        before = old.get(name)
        if before == leaf:
            continue
        patch = _patch(before, leaf)
        if patch is not None:
            members[f"{name}.patch"] = Leaf(patch)
            lines.append(f'patch "{name}.patch" "{name}"')
        else:
            members[name] = leaf
            lines.append(f'add "{name}"')
    gone = sorted({*old} - {*new}, reverse=True)
    lines += [f'remove "{name}"' for name in gone]
    lines += [f'rmdir "{folder}/"' for folder in _empty_folders(old, new)]
    _write(mar, lines, members, marked)


def _patch(old: Leaf | None, new: Leaf) -> bytes | None:
    """A patch, if it is smaller than the file when both are compressed; else None."""
    if old is None or old.mode != new.mode:
        return None
    patch = make_patch(old.content, new.content)
    return patch if _packed(patch) < _packed(new.content) else None


def _packed(content: bytes) -> int:
    return len(lzma.compress(content))


def _removals(new: Tree) -> Iterator[str]:
    listed = new.get(REMOVED, Leaf(b"")).content.decode().splitlines()
    for line in sorted({line.strip() for line in listed} - {""}, reverse=True):
        yield f'rmdir "{line}"' if line.endswith("/") else f'remove "{line}"'


def _empty_folders(old: Tree, new: Tree) -> list[str]:
    """Folders that become empty, the innermost first."""
    folders = [
        {str(one) for name in tree for one in PurePosixPath(name).parents} for tree in (old, new)
    ]
    return sorted(folders[0] - folders[1], reverse=True)


def _write(mar: Path, lines: list[str], members: Tree, marked: Marked) -> None:
    manifest = Leaf(("\n".join(lines) + "\n").encode(), FILE)
    with TemporaryFile("w+b") as made:
        with MarWriter(
            made,
            productversion=marked.version,
            channel=marked.channels,
            signing_key=marked.key,
            signing_algorithm="sha384" if marked.key else None,
        ) as writer:
            for name, leaf in {MANIFEST: manifest, **members}.items():
                writer.add_fileobj(BytesIO(leaf.content), name, "xz", leaf.mode)
        made.seek(0)
        with whole_file(mar) as file:
            shutil.copyfileobj(made, file)
