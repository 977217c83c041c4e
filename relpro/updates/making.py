"""Takes what is installed and what is to be; gives the MAR that updates to it.

The container, its signature and its compression are made by the public `mar` package. What is done
with the files stands in `updatev3.manifest`, line by line, in the order in which it is done.
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

#: A file of a build that says which files of earlier ones are to go; folders end with `/`.
REMOVED = "removed-files"


@attrs.frozen
class Marked:
    """What a MAR says of itself: only clients of these channels take it.

    `key` is the private key that signs it, as PEM.
    """

    version: str
    channels: str
    key: bytes | None = attrs.field(default=None, repr=False)


def make_complete(new: Tree, mar: Path, marked: Marked) -> None:
    """A MAR that installs everything, whatever is there. Raises `OSError`."""
    lines = ['type "complete"', *(f'add "{name}"' for name in new), *_removals(new)]
    _write(mar, lines, dict(new), marked)


def make_partial(old: Tree, new: Tree, mar: Path, marked: Marked) -> None:
    """A MAR that makes one installation of another. Raises `OSError`."""
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
    """A patch that is shorter than the file, as both are packed; None where there is none."""
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
    """Folders that hold nothing any more, the innermost first."""
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
