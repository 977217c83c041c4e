"""Takes an installation and a MAR; gives the installation after the update."""

import re
from io import BytesIO
from pathlib import PurePosixPath

from mardor.reader import MarReader

from relpro.updates.making import MANIFEST
from relpro.updates.mbdiff import apply_patch
from relpro.updates.trees import FILE, PROGRAM, Leaf, Tree

_LINE = re.compile(r'(type|add|add-if|patch|patch-if|remove|rmdir|rmrfdir)((?: "[^"]*")+)')

#: Instruction -> number of its arguments.
_NAMES = {"add-if": 2, "patch": 2, "patch-if": 3}


class NotInstalled(ValueError):
    """An update that an updater would refuse, or that fails; nothing is changed then."""


def install(tree: Tree, mar: bytes, *, key: bytes | None = None) -> Tree:
    """The installation after an update; `key` is the public key of its signer.

    Raises `NotInstalled`.
    """
    try:
        with MarReader(BytesIO(mar)) as reader:
            if key is not None and not reader.verify(key):
                raise NotInstalled("it is not signed by the key")
            members = {
                entry.name: Leaf(
                    b"".join(reader.extract_entry(entry)), PROGRAM if entry.flags & 0o100 else FILE
                )
                for entry in reader.mardata.index.entries
            }
    except NotInstalled:
        raise
    except Exception as error:  # that package raises many types of exceptions for damaged files
        raise NotInstalled(f"it is damaged: {error}") from error
    if MANIFEST not in members:
        raise NotInstalled(f"it has no {MANIFEST}")
    made = dict(tree)
    for line in members[MANIFEST].content.decode().splitlines():
        _do(line, made, members)
    return made


def _do(line: str, made: dict[str, Leaf], members: Tree) -> None:
    """Carry out one line of the manifest."""
    found = _LINE.fullmatch(line)
    names = re.findall('"([^"]*)"', found[2]) if found else []
    if found is None or len(names) != _NAMES.get(found[1], 1) or not all(map(_is_below, names)):
        raise NotInstalled(f"no updater understands `{line}`")
    what, *tested = found[1].split("-if")
    if tested and not _is_there(made, names.pop(0)):
        return
    match what, names:
        case "add", [name]:
            made[name] = _member(members, name)
        case "patch", [patch, name]:
            made[name] = _patched(made, members, patch, name)
        case "remove", [name]:
            made.pop(name, None)
        case "rmrfdir", [name]:
            for inner in [one for one in made if one.startswith(f"{name.rstrip('/')}/")]:
                del made[inner]


def _is_below(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts


def _is_there(made: Tree, name: str) -> bool:
    return name in made or any(one.startswith(f"{name.rstrip('/')}/") for one in made)


def _member(members: Tree, name: str) -> Leaf:
    if name not in members:
        raise NotInstalled(f"it lacks `{name}`")
    return members[name]


def _patched(made: Tree, members: Tree, patch: str, name: str) -> Leaf:
    if name not in made:
        raise NotInstalled(f"`{name}`, which it changes, is not installed")
    try:
        content = apply_patch(made[name].content, _member(members, patch).content)
    except ValueError as error:
        raise NotInstalled(f"`{name}`: {error}") from None
    return Leaf(content, made[name].mode)
