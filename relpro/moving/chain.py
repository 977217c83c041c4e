"""Takes the transforms of a kind, finds out which are shipped with taskgraph."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from relpro.errors import Origin
from relpro.moving.repository import KindSource

_TASKGRAPH: Final = "taskgraph.transforms."
_COMPANION: Final = "mozilla_taskgraph.transforms."

#: Shipped transforms of taskgraph -> their short names here.
SHIPPED: Final[Mapping[str, str]] = {
    **{
        f"{_TASKGRAPH}{name}": name
        for name in (
            "from_deps",
            "matrix",
            "chunking",
            "task_context",
            "notify",
            "code_review",
            "fetch",
            "docker_image",
            "cached_tasks",
            "run",
            "task",
        )
    },
    f"{_TASKGRAPH}job": "run",
    f"{_COMPANION}scriptworker.release_artifacts": "release_artifacts",
    f"{_COMPANION}scriptworker.shipit.mark_as_shipped": "mark_as_shipped",
}

_LOADERS: Final = ("taskgraph.loader.transform:loader", "taskgraph.loader.default:loader")


@attrs.frozen
class Step:
    """One transform of a kind. `shipped` is its short name, or None for one of the repository."""

    module: str
    name: str
    shipped: str | None
    where: Origin

    @property
    def is_own(self) -> bool:
        """Whether it comes from the repository, or from another package than taskgraph."""
        return self.shipped is None


@attrs.frozen
class Chain:
    """The transforms of a kind, and its loader if that comes from the repository."""

    steps: tuple[Step, ...]
    loader: Step | None

    @property
    def own(self) -> tuple[Step, ...]:
        """The parts that must be rewritten, in order: the loader first."""
        return (*([self.loader] if self.loader else ()), *(s for s in self.steps if s.is_own))

    def has(self, shipped: str) -> bool:
        """Whether the chain has a shipped transform."""
        return any(step.shipped == shipped for step in self.steps)


def chain_of(kind: KindSource) -> Chain:
    """The chain of a kind, including the transforms that its loader adds."""
    source = kind.source
    said = source.data.get("loader") or _LOADERS[1]
    steps = list(_steps(kind, source.data.get("transforms") or ()))
    where = source.origin("loader")
    if said == _LOADERS[1]:
        steps += [
            Step(f"{_TASKGRAPH}{name}", "transforms", name, where) for name in ("run", "task")
        ]
    loader = None if said in _LOADERS else Step(*_parts(said, "loader"), None, where)
    return Chain(tuple(steps), loader)


def _steps(kind: KindSource, names: Iterable[str]) -> Iterator[Step]:
    for place, name in enumerate(names):
        module, item = _parts(name, "transforms")
        shipped = SHIPPED.get(module) if item == "transforms" else None
        yield Step(module, item, shipped, kind.source.origin("transforms", place))


def _parts(name: str, item: str) -> tuple[str, str]:
    module, _, said = name.partition(":")
    return module, said or item
