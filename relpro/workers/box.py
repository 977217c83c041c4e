"""Where a run takes place: what a folder of this machine and a container have in common."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import attrs


@attrs.frozen
class Start:
    """How a command is started on this machine: its words, folder and whole environment."""

    words: tuple[str, ...]
    folder: Path
    env: Mapping[str, str]


class Box(Protocol):
    """The place of a run."""

    @property
    def folder(self) -> Path:
        """A folder of this machine for the run alone."""

    def start(self, command: Sequence[str], told: Mapping[str, str]) -> Start:
        """How a command of the payload is started; the worker sets the variables `told`."""

    def path(self, name: str) -> Path:
        """The path on this machine for a path of the payload; nothing may be there."""

    def purge(self) -> None:
        """Delete the contents of the caches."""
