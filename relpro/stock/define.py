"""Takes a task description, gives the task: the last step of every chain.

Only this step converts the keys that people write into those of the queue.
"""

from collections.abc import Iterator, Mapping

import attrs

from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.place import Effects
from relpro.model.task import Json, Task, TaskDescription
from relpro.stock.body import Common, Making, body_of
from relpro.stock.identity import demand_identity, needs_itself
from relpro.stock.signoff import is_gate
from relpro.stock.workers.diagnose import demand_fitting, wrong_keys, wrong_values
from relpro.stock.workers.payload import Implementation, Payload
from relpro.stock.workers.place import Place, find_place
from relpro.transform.context import Context
from relpro.transform.scope import Release
from relpro.values.merge import merged

#: The most payloads that are cached, for further tasks with the same worker.
KEPT = 64

#: A gate depends on itself: it stays unscheduled until somebody schedules it (queue API).
WAIT_FOR_ITSELF: Json = {"task-reference": "<self>"}


def define(ctx: Context, description: TaskDescription) -> Task:
    """The task of a description. For many tasks, a `Definer` is much cheaper.

    Raises what `Definer` raises.
    """
    return Definer.of(ctx.config, ctx.parameters, ctx.release)(ctx, description)


@attrs.frozen(eq=False, repr=False)
class Definer:
    """Defines the tasks of one kind. Shared parts are made once.

    These are places by worker alias, payloads by worker, and the parts of bodies in `common`.
    """

    common: Common
    places: dict[str, Place] = attrs.field(factory=dict, init=False)
    payloads: dict[tuple[int, str, str], tuple[Mapping[str, Json], Payload]] = attrs.field(
        factory=dict, init=False
    )

    @classmethod
    def of(cls, config: GraphConfig, parameters: Parameters, release: Release) -> "Definer":
        """The definer for a kind and its inputs. Raises `RelproError` for a missing setting."""
        return cls(Common.of(config, parameters, release))

    def __call__(self, ctx: Context, description: TaskDescription) -> Task:
        """The task of a description.

        Raises `RelproError` for an unknown worker alias (T413) or name of the configuration (K211),
        for a missing (K202) or unknown (K203) key of the worker, for a rendered value that does not
        fit its key (T403) and for a setting without a value; `Refusal` for values that a payload
        builder or a route does not accept.
        """
        demand_identity(ctx, description)
        making = self.making(ctx, description)
        payload = making.payload
        dependencies = {name: task.label for name, task in description.upstream.items()}
        if description.dependencies or payload.dependencies:
            dependencies |= {**description.dependencies, **payload.dependencies}
        body = body_of(making)
        if description.label in dependencies.values():
            if not is_gate(description):
                raise needs_itself(description)
            dependencies = {n: to for n, to in dependencies.items() if to != description.label}
            body["dependencies"] = [WAIT_FOR_ITSELF]
        return Task(
            label=description.label,
            kind=description.kind,
            name=description.name,
            description=description.description,
            attributes=description.attributes,
            dependencies=dependencies,
            definition=body,
            origin=description.origin,
            soft_dependencies=description.soft_dependencies,
            if_dependencies=description.if_dependencies,
            optimization=description.optimization,
            artifacts=payload.artifacts,
            implementation=making.pool.implementation,
            effects=_effects(description, payload) if description.effects else payload.effects,
        )

    def making(self, ctx: Context, description: TaskDescription) -> Making:
        """The inputs of a task's body. Raises what `__call__` raises."""
        place = self.place(ctx, description)
        payload = self.payload(ctx, description, place)
        return Making(self.common, ctx, description, place.pool, payload)

    def place(self, ctx: Context, description: TaskDescription) -> Place:
        """Where the task runs, looked up once for each worker alias."""
        name = description.worker_type
        found = self.places.get(name)
        if found is None:
            asked = ctx.entry.entry.origin("worker-type")
            found = self.places[name] = find_place(name, ctx.config, ctx.release, asked)
        return found

    def payload(self, ctx: Context, description: TaskDescription, place: Place) -> Payload:
        """The payload of a task, shared by the tasks of a kind that share their worker.

        Only the latest payloads are cached, which is enough as tasks come entry by entry.
        """
        worker = description.worker
        key = (id(worker), description.kind, description.worker_type)
        known = self.payloads.get(key)
        if known is not None:
            return known[1]
        implementation = place.implementation
        if place.worker:
            # The payload that is cached by identity belongs to the task's own worker.
            description = description.replace(worker=merged(place.worker, worker))
        whole = description.worker
        if not implementation.required <= whole.keys() <= implementation.known:
            raise RelproError(*wrong_keys(ctx, whole, implementation))
        demand_fitting(ctx, description.name, whole, implementation)
        try:
            payload = implementation.build(ctx, description)
            raise_all(_of_another_shape(ctx, description, payload, implementation))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise_all(wrong_values(ctx, description.name, whole, implementation))
            raise
        if len(self.payloads) >= KEPT:
            self.payloads.clear()
        # The worker is held, so that its identity is not reused.
        self.payloads[key] = (worker, payload)
        return payload


def _of_another_shape(
    ctx: Context, description: TaskDescription, payload: Payload, implementation: Implementation
) -> Iterator[Diagnostic]:
    """A diagnostic (G311) for each part of a payload that does not fit the builder's `BODY`."""
    if implementation.shape is None:
        return
    for text in implementation.shape.misfits(payload.payload, "payload"):
        where = ctx.entry.entry.origin("worker")
        yield Diagnostic("G311", f"task `{description.label}`: {text}", (where,))


def _effects(description: TaskDescription, payload: Payload) -> Effects:
    return payload.effects + Effects.of_json(description.effects)
