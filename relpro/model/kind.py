"""A kind as in its file: the last stage at which values are untyped."""

from collections.abc import Mapping
from typing import Any

import attrs

from relpro.errors import Origin
from relpro.model.phase import Phase


@attrs.frozen
class Locations:
    """The places of a document's values: path in the document -> (line, column).

    `text` is the content of the file: locations with equal texts are equal.
    """

    file: str
    index: Mapping[tuple[str | int, ...], tuple[int, int]] = attrs.field(repr=False, eq=False)
    text: str = attrs.field(default="", repr=False)

    def origin(self, *path: str | int) -> Origin:
        """The place of `path`, or of its nearest ancestor that is written."""
        for length in range(len(path), -1, -1):
            if (place := self.index.get(path[:length])) is not None:
                return Origin(self.file, *place, path=path)
        return Origin(self.file, path=path)


_DEFAULTS = ("task-defaults",)


@attrs.frozen
class Entry:
    """One mapping under `tasks:`, with the kind's `task-defaults` merged in.

    `locations` and `path` find the places of its values; `defaults` are the documents with the
    `task-defaults` that other values came from, the nearest first.
    """

    name: str
    data: Mapping[str, Any]
    locations: Locations
    path: tuple[str | int, ...]
    defaults: tuple[Locations, ...]

    def origin(self, *path: str | int) -> Origin:
        """The place of the value at `path` of this entry."""
        for length in range(len(path), 0, -1):
            for locations, root in (
                (self.locations, self.path),
                *((document, _DEFAULTS) for document in self.defaults),
            ):
                if (place := locations.index.get((*root, *path[:length]))) is not None:
                    return Origin(locations.file, *place, path=path)
        return self.locations.origin(*self.path)


@attrs.frozen
class Kind:
    """A set of similar tasks, declared in one file.

    `phase` is the name of the file's folder, `name` that of the file; `transforms` are dotted names
    in the order of the chain.
    """

    name: str
    phase: Phase
    description: str
    dependencies: tuple[str, ...]
    transforms: tuple[str, ...]
    entries: tuple[Entry, ...]
    locations: Locations

    @property
    def origin(self) -> Origin:
        """The file of the kind."""
        return Origin(self.locations.file, 1)
