"""Takes a worker alias and the release, gives the worker pool: where its tasks run."""

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig, WorkerAlias
from relpro.model.nearest import nearest
from relpro.model.task import Draft
from relpro.transform.scope import Release, TaskScope
from relpro.transform.template import Unrenderable, Value, compile_template


@attrs.frozen
class Pool:
    """A worker pool. `os` is what its workers run on, `implementation` names the builder."""

    provisioner: str
    worker_type: str
    os: str
    implementation: str

    def __str__(self) -> str:
        return f"{self.provisioner}/{self.worker_type}"


def release_scope(release: Release) -> TaskScope:
    """The variables of a release, apart from any task."""
    return TaskScope("", Draft("", Origin(""), {}, {}, {}), {}, release)


def find_pool(name: str, config: GraphConfig, release: Release, asked: Origin) -> Pool:
    """The pool behind the alias `name`, which `asked` names.

    Raises `RelproError`: T413 for an unknown alias, T401 to T403 for one that cannot be rendered.
    """
    alias = config.workers.get(name)
    if alias is None:
        close = nearest(name, sorted(config.workers))
        remedy = f"did you mean `{close}`?" if close else "`workers.aliases` in the configuration"
        raise RelproError(
            Diagnostic("T413", f"no worker alias is called `{name}`", (asked,), remedy=remedy)
        )
    return Pool(
        _render(alias, alias.provisioner, release),
        _render(alias, alias.worker_type, release),
        alias.os,
        alias.implementation,
    )


def _render(alias: WorkerAlias, value: Value, release: Release) -> str:
    try:
        rendered: str = compile_template(value).render(release_scope(release))
    except Unrenderable as problem:
        raise RelproError(
            Diagnostic(problem.code, problem.what, (alias.origin,), remedy=problem.remedy)
        ) from None
    return rendered
