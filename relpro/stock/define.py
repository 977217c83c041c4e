"""Takes a task description, gives the task: the last step of every chain.

Here, and nowhere else, the words of people become the words of the queue.
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
from relpro.stock.workers.diagnose import all_fit, doubtful_keys, wrong_keys, wrong_values
from relpro.stock.workers.payload import Implementation, Payload
from relpro.stock.workers.place import Place, find_place
from relpro.transform.context import Context
from relpro.transform.scope import Release
from relpro.values.merge import merged

#: Payloads kept at a time, for further tasks with the same worker.
KEPT = 64

#: A gate depends on itself: it stays unscheduled until somebody schedules it (queue API).
WAIT_FOR_ITSELF: Json = {"task-reference": "<self>"}


def define(ctx: Context, description: TaskDescription) -> Task:
    """The task of a description. A `Definer` does the same for many at a fraction of the cost.

    Raises what `Definer` raises.
    """
    return Definer.of(ctx.config, ctx.parameters, ctx.release)(ctx, description)


@attrs.frozen(eq=False, repr=False)
class Definer:
    """Defines the tasks of one kind. What they have in common is made once and shared.

    Places by worker alias, payloads by the worker, and what bodies have in `common`.
    """

    common: Common
    places: dict[str, Place] = attrs.field(factory=dict, init=False)
    payloads: dict[tuple[int, str, str], tuple[Mapping[str, Json], Payload]] = attrs.field(
        factory=dict, init=False
    )

    @classmethod
    def of(cls, config: GraphConfig, parameters: Parameters, release: Release) -> "Definer":
        """The definer of a kind that sees these. Raises `RelproError` for a missing setting."""
        return cls(Common.of(config, parameters, release))

    def __call__(self, ctx: Context, description: TaskDescription) -> Task:
        """The task of a description.

        Raises `RelproError` for an unknown worker alias (T413) or name of the configuration
        (K211), for a key that the worker lacks (K202) or does not know (K203), for a value of it
        that is rendered to something else (T403) and for a setting without a value; `Refusal` for
        what a payload builder or a route cannot take.
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
        """What the body of a task is made of. Raises what `__call__` raises."""
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
        """The payload of a task; tasks of one kind that share their worker share it as well.

        Only the latest are kept, which is enough for tasks that come entry by entry.
        """
        worker = description.worker
        key = (id(worker), description.kind, description.worker_type)
        known = self.payloads.get(key)
        if known is not None:
            return known[1]
        implementation = place.implementation
        if place.worker:
            # The one that is known by its identity is the task's own.
            description = description.replace(worker=merged(place.worker, worker))
        whole = description.worker
        if not implementation.required <= whole.keys() <= implementation.known:
            raise RelproError(*wrong_keys(ctx, whole, implementation))
        if not all_fit(whole, ctx.once(doubtful_keys, implementation), implementation):
            raise_all(wrong_values(ctx, description.name, whole, implementation))
        try:
            payload = implementation.build(ctx, description)
            raise_all(_of_another_shape(ctx, description, payload, implementation))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise_all(wrong_values(ctx, description.name, whole, implementation))
            raise
        if len(self.payloads) >= KEPT:
            self.payloads.clear()
        # The worker is held, so that no other can take its identity.
        self.payloads[key] = (worker, payload)
        return payload


def _of_another_shape(
    ctx: Context, description: TaskDescription, payload: Payload, implementation: Implementation
) -> Iterator[Diagnostic]:
    """A diagnostic (G311) for each thing of a payload that a builder's own `BODY` refuses."""
    if implementation.shape is None:
        return
    for text in implementation.shape.misfits(payload.payload, "payload"):
        where = ctx.entry.entry.origin("worker")
        yield Diagnostic("G311", f"task `{description.label}`: {text}", (where,))


def _effects(description: TaskDescription, payload: Payload) -> Effects:
    return payload.effects + Effects.of_json(description.effects)
