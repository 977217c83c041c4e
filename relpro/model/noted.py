"""Takes parameters or a configuration, gives a view that records what is read.

A kind need not be made again if none of the values that it read has changed.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.task import Json

#: The recorded value of a missing name.
_ABSENT: Final = object()


def same(value: object, other: object) -> bool:
    """Whether two values would be written alike: `1` is not `true`, and order matters."""
    return value is other or (value == other and repr(value) == repr(other))


class Noted(Mapping[str, Any]):
    """A mapping that records which of its names are looked up; all, if it is iterated."""

    __slots__ = ("_is_whole", "_of", "_read")

    def __init__(self, of: Mapping[str, object]) -> None:
        self._of = of
        self._read: dict[str, Any] = {}
        self._is_whole = False

    def __getitem__(self, name: str) -> Json:
        value = self._of.get(name, _ABSENT)
        self._read[name] = value
        if value is _ABSENT:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        self._is_whole = True
        return iter(self._of)

    def __len__(self) -> int:
        self._is_whole = True
        return len(self._of)

    @property
    def names(self) -> frozenset[str] | None:
        """The names that were looked up; None if it was iterated."""
        return None if self._is_whole else frozenset(self._read)

    def is_of(self, now: Mapping[str, object]) -> bool:
        """Whether the reader of this mapping would read the same from another one."""
        if self._of is now:
            return True
        if self._is_whole:
            return same(dict(self._of), dict(now))
        return all(same(value, now.get(name, _ABSENT)) for name, value in self._read.items())


class NotedParameters(Parameters):
    """Parameters that record which of them are looked up."""

    values: Noted

    def __init__(self, of: Parameters) -> None:
        super().__init__(Noted(of.values), of.sources)

    @property
    def names(self) -> frozenset[str] | None:
        """The names that were looked up; None for all."""
        return self.values.names

    def is_of(self, now: Parameters) -> bool:
        """Whether the reader of these would read the same from others."""
        return self.values.is_of(now.values)


#: Fields whose single entries are recorded, not the whole.
_BY_NAME = ("index_types", "treeherder_groups", "workers")

#: Places of values, which only affect messages.
_PLACES = ("locations", "origin")


class NotedConfig(GraphConfig):
    """A configuration whose fields are filled in when they are read.

    Only fields that were read are set; for others Python calls `__getattr__`.
    """

    __slots__ = ("_of", "_read")

    _of: GraphConfig
    _read: dict[str, Any]

    def __init__(self, of: GraphConfig) -> None:
        object.__setattr__(self, "_of", of)
        object.__setattr__(self, "_read", {})

    def __getattr__(self, name: str) -> object:
        value = getattr(self._of, name)
        if name in _BY_NAME:
            value = Noted(value)
        if name not in _PLACES:
            self._read[name] = value
        object.__setattr__(self, name, value)
        return value

    def is_of(self, now: GraphConfig) -> bool:
        """Whether the reader of this would read the same from another configuration."""
        return self._of is now or all(
            value.is_of(getattr(now, name)) if name in _BY_NAME else same(value, getattr(now, name))
            for name, value in self._read.items()
        )
