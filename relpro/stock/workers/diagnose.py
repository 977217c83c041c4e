"""Takes a rendered `worker`, gives the keys and values that do not fit its implementation.

Values are checked as written when they are loaded; only a lone placeholder can change type. Values
from transforms are checked only if a builder fails: checking all of them would cost as much as
building the payload.
"""

from collections.abc import Iterator, Mapping

import voluptuous

from relpro.errors import Diagnostic, Origin, raise_all
from relpro.model.nearest import meant
from relpro.model.task import TaskDescription
from relpro.stock.workers import implementation_of
from relpro.stock.workers.payload import Implementation
from relpro.transform.context import Context
from relpro.transform.misfit import keeps_a_type, misfits
from relpro.transform.template import Collection, Constant, Template

_CONSTANT: Template = Constant(None)


def demand_values(ctx: Context, description: TaskDescription) -> None:
    """Refuse values that a transform cannot add to, such as a text in the place of `env`.

    Raises `RelproError` (T403). An unknown worker alias is reported when the task is defined.
    """
    alias = ctx.config.workers.get(description.worker_type)
    if alias and (implementation := implementation_of(alias)) is not None:
        demand_fitting(ctx, description.name, description.worker, implementation)


def demand_fitting(
    ctx: Context, name: str, worker: Mapping[str, object], implementation: Implementation
) -> None:
    """Refuse values of the worker of task `name` that do not fit. Raises `RelproError` (T403)."""
    keys = ctx.once(_doubtful_keys, implementation)
    if not all(implementation.takes(key, worker[key]) for key in keys if key in worker):
        raise_all(wrong_values(ctx, name, worker, implementation))


def _doubtful_keys(ctx: Context, implementation: Implementation) -> tuple[str, ...]:
    """The keys of the entry's worker whose values must be checked again after rendering.

    All, where the worker alias is a template: which keys and values it takes was unknown.
    """
    varying, known = dict(ctx.entry.varying), implementation.known
    template = varying.get("worker", _CONSTANT)
    if "worker_type" in varying:
        return tuple(known)
    if isinstance(template, Constant):
        return ()
    if not isinstance(template, Collection):
        return tuple(known)
    return tuple(key for key, part in template.varying if key in known and keeps_a_type(part))


def wrong_keys(
    ctx: Context, worker: Mapping[str, object], implementation: Implementation
) -> Iterator[Diagnostic]:
    """Missing keys of a worker (K202), and unknown ones (K203)."""
    context = f"kind `{ctx.kind.name}`"
    for key in sorted(implementation.required - worker.keys()):
        what = f"required key `{key}` of `worker` is missing"
        yield Diagnostic("K202", what, (_place(ctx),), context)
    for key in sorted(worker.keys() - implementation.known):
        remedy = meant(key, sorted(implementation.known))
        what = f"unknown key `{key}` of `worker`"
        yield Diagnostic("K203", what, (_place(ctx, key),), context, remedy=remedy)


def wrong_values(
    ctx: Context, name: str, worker: Mapping[str, object], implementation: Implementation
) -> Iterator[Diagnostic]:
    """Values of the worker of task `name` that do not fit their keys (T403)."""
    schema = voluptuous.Schema(dict(implementation.schema))
    context = f"task `{name}` of kind `{ctx.kind.name}`"
    return misfits(schema, worker, lambda *path: _place(ctx, *path), context)


def _place(ctx: Context, *path: str | int) -> Origin:
    """The place of a value of the worker, or of the nearest value around it that is written."""
    return ctx.entry.entry.origin("worker", *path)
