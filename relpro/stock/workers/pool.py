"""Takes a worker alias and the release, gives the worker pool."""

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant
from relpro.stock.settings import for_release
from relpro.transform.scope import Release
from relpro.values.wording import shown


@attrs.frozen
class Pool:
    """A worker pool. `os` is the system of its workers, `implementation` names the builder."""

    provisioner: str
    worker_type: str
    os: str
    implementation: str

    def __str__(self) -> str:
        return f"{self.provisioner}/{self.worker_type}"


def find_pool(name: str, config: GraphConfig, release: Release, asked: Origin) -> Pool:
    """The pool of the alias `name`, which `asked` names.

    Raises `RelproError`: T413 for an unknown alias, T401 to T403 for one that cannot be rendered.
    """
    alias = config.workers.get(name)
    if alias is None:
        remedy = meant(name, sorted(config.workers), "`workers.aliases` in the configuration")
        raise RelproError(
            Diagnostic("T413", f"no worker alias is called `{name}`", (asked,), remedy=remedy)
        )
    provisioner = for_release("provisioner", alias.provisioner, release, alias.origin)
    worker_type = for_release("worker-type", alias.worker_type, release, alias.origin)
    for key, value in (("provisioner", provisioner), ("worker-type", worker_type)):
        if not isinstance(value, str):
            what = (
                f"`{key}` of worker alias `{name}` must be text, and is rendered to {shown(value)}"
            )
            raise RelproError(Diagnostic("T403", what, (alias.origin,)))
    return Pool(provisioner, worker_type, alias.os, alias.implementation)
