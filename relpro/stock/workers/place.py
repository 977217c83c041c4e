"""Takes a worker alias and the release, gives its pool, payload builder and defaults."""

from collections.abc import Mapping

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig, WorkerAlias
from relpro.model.nearest import meant
from relpro.model.task import Json
from relpro.stock.settings import for_release
from relpro.stock.workers import IMPLEMENTATIONS, implementation_of
from relpro.stock.workers.payload import Implementation
from relpro.stock.workers.pool import Pool, find_pool
from relpro.transform.scope import Release
from relpro.values.wording import shown


@attrs.frozen(eq=False, repr=False)
class Place:
    """Where tasks of one alias run; `worker` are defaults for the keys of their `worker`."""

    pool: Pool
    implementation: Implementation
    worker: Mapping[str, Json]


def find_place(name: str, config: GraphConfig, release: Release, asked: Origin) -> Place:
    """The place for the alias `name`, which `asked` names.

    Raises `RelproError`: T413 for an unknown alias, K211, K252 and K253 for an invalid
    implementation, K203 for an unknown key in its defaults, T401 to T403 for values that cannot be
    rendered or do not fit.
    """
    pool = find_pool(name, config, release, asked)
    alias = config.workers[name]
    implementation = implementation_of(alias)
    if implementation is None:
        what = f"worker alias `{name}` has unknown implementation `{alias.implementation}`"
        remedy = meant(
            alias.implementation, sorted(IMPLEMENTATIONS), f"one of {', '.join(IMPLEMENTATIONS)}"
        )
        raise RelproError(Diagnostic("K211", what, (alias.origin,), remedy=remedy))
    return Place(pool, implementation, _given_to_all(alias, implementation, release))


def _given_to_all(
    alias: WorkerAlias, implementation: Implementation, release: Release
) -> Mapping[str, Json]:
    given = for_release("worker", alias.worker, release, alias.origin)
    if not isinstance(given, Mapping):
        what = f"`worker` of an alias must be a mapping, and is rendered to {shown(given)}"
        raise RelproError(Diagnostic("T403", what, (alias.origin,)))
    for key, value in given.items():
        if key not in implementation.known:
            remedy = meant(key, sorted(implementation.known), "see the page of workers")
            what = f"`{alias.implementation}` knows no key `{key}`"
            raise RelproError(Diagnostic("K203", what, (alias.origin,), remedy=remedy))
        if not implementation.takes(key, value):
            what = f"`{key}` of `worker` cannot be {shown(value)}"
            raise RelproError(Diagnostic("T403", what, (alias.origin,)))
    return given
