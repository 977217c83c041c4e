"""Takes a task description, gives the task: the last step of every chain.

Here, and nowhere else, the words of people become the words of the queue.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

import attrs

from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.place import Effects
from relpro.model.task import Json, Task, TaskDescription
from relpro.stock.identity import demand_identity, needs_itself, retrigger_tag
from relpro.stock.routes import Indexer, treeherder_extra, treeherder_route
from relpro.stock.settings import Setting
from relpro.stock.signoff import is_gate
from relpro.stock.workers.diagnose import all_fit, doubtful_keys, wrong_keys, wrong_values
from relpro.stock.workers.payload import Implementation, Payload
from relpro.stock.workers.place import Place, find_place
from relpro.stock.workers.pool import Pool
from relpro.transform.context import Context
from relpro.transform.scope import Release
from relpro.transform.section import Refusal
from relpro.transform.template import Value
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

    Places by worker alias, dates by their words, payloads by the worker, lists of scopes.
    """

    level: str
    scheduler_id: str
    owner: str
    source: str
    treeherder_route: str
    priority: Setting
    deadline_after: Setting
    expires_after: Setting
    indexer: Callable[[], Indexer]
    places: dict[str, Place] = attrs.field(factory=dict, init=False)
    dates: dict[str, Json] = attrs.field(factory=dict, init=False)
    scopes: dict[tuple[str, ...], list[str]] = attrs.field(factory=dict, init=False)
    payloads: dict[tuple[int, str, str], tuple[Mapping[str, Json], Payload]] = attrs.field(
        factory=dict, init=False
    )
    shown: dict[tuple[Value, ...], Json] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, config: GraphConfig, parameters: Parameters, release: Release) -> "Definer":
        """The definer of a kind that sees these. Raises `RelproError` for a missing setting."""

        def setting(field: str, written: Value) -> Setting:
            return Setting.of(field, written, release, config)

        return cls(
            level=parameters.level,
            scheduler_id=f"{config.trust_domain}-level-{parameters.level}",
            owner=parameters["owner"],
            source=source_prefix(parameters),
            treeherder_route=treeherder_route(parameters),
            priority=setting("priority", config.task_priority),
            deadline_after=setting("deadline_after", config.task_deadline_after),
            expires_after=setting("expires_after", config.task_expires_after),
            indexer=cache(lambda: Indexer.of(config, parameters, release)),
        )

    def __call__(self, ctx: Context, description: TaskDescription) -> Task:
        """The task of a description.

        Raises `RelproError` for an unknown worker alias (T413) or name of the configuration
        (K211), for a key that the worker lacks (K202) or does not know (K203), for a value of it
        that is rendered to something else (T403) and for a setting without a value; `Refusal` for
        what a payload builder or a route cannot take.
        """
        demand_identity(ctx, description)
        place = self.place(ctx, description)
        payload = self.payload(ctx, description, place)
        dependencies = {name: task.label for name, task in description.upstream.items()}
        if description.dependencies or payload.dependencies:
            dependencies |= {**description.dependencies, **payload.dependencies}
        body = self.body(ctx, description, place.pool, payload)
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
            implementation=place.pool.implementation,
            effects=_effects(description, payload) if description.effects else payload.effects,
        )

    def body(
        self, ctx: Context, description: TaskDescription, pool: Pool, payload: Payload
    ) -> dict[str, Json]:
        """The body for `queue.createTask`, but for its dependencies."""
        deadline = description.deadline_after or self.deadline_after.of_task(
            description, ctx.release
        )
        expires = description.expires_after or self.expires_after.of_task(description, ctx.release)
        body: dict[str, Json] = {
            "provisionerId": pool.provisioner,
            "workerType": pool.worker_type,
            "schedulerId": self.scheduler_id,
            "priority": description.priority or self.priority.of_task(description, ctx.release),
            "requires": description.requires,
            "created": self.date("0 seconds"),
            "deadline": self.date(deadline),
            "expires": self.date(expires),
            "scopes": self.held((*description.scopes, *payload.scopes)),
            "routes": self.routes(ctx, description),
            "tags": self.tags(description, pool, payload),
            "metadata": self.metadata(ctx, description),
            "extra": self.extra_of(ctx, description, payload),
            "payload": payload.payload,
        }
        if description.retries is not None:
            body["retries"] = description.retries
        if description.project_id is not None:
            body["projectId"] = description.project_id
        return body

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

    def date(self, words: str) -> Json:
        """A moment after the task's creation, shared by all tasks that name it."""
        found = self.dates.get(words)
        if found is None:
            found = self.dates[words] = {"relative-datestamp": words}
        return found

    def held(self, scopes: tuple[str, ...]) -> list[str]:
        """Scopes sorted, each once: one list for all tasks that hold the same."""
        found = self.scopes.get(scopes)
        if found is None:
            found = self.scopes[scopes] = sorted(set(scopes))
        return found

    def tags(self, description: TaskDescription, pool: Pool, payload: Payload) -> dict[str, str]:
        """The tags of a task; its own win, but for that by which Chain of Trust knows workers."""
        tags = {
            "createdForUser": self.owner,
            "kind": description.kind,
            "label": description.label,
            "os": pool.os,
            "retrigger": retrigger_tag(description),
            **description.tags,
        }
        if payload.worker_tag:
            tags["worker-implementation"] = payload.worker_tag
        return tags

    def metadata(self, ctx: Context, description: TaskDescription) -> dict[str, str]:
        """What the task is to people, and where its kind is written."""
        return {
            "name": description.label,
            "description": description.description,
            "owner": self.owner,
            "source": self.source + ctx.kind.locations.file,
        }

    def routes(self, ctx: Context, description: TaskDescription) -> list[str]:
        """Every route of a task: its own, those of the index, that of Treeherder."""
        routes = list(description.routes)
        if description.index:
            routes += self.indexer().routes(ctx, description)
        if description.treeherder:
            routes.append(self.treeherder_route)
        return list(dict.fromkeys(routes)) if len(routes) > 1 else routes

    def extra_of(self, ctx: Context, description: TaskDescription, payload: Payload) -> Json:
        """`extra`: what the description says, where the task is shown, what its worker adds."""
        extra = dict(description.extra)
        if payload.extra:
            extra = merged(extra, payload.extra)
        if description.treeherder:
            extra["treeherder"] = self.treeherder(ctx, description.treeherder)
        if description.index:
            given = extra.get("index", {})
            if not isinstance(given, Mapping):
                raise Refusal("`index` of `extra` must be a mapping", path=("extra", "index"))
            extra["index"] = {**given, "rank": self.indexer().rank(description)}
        return extra

    def treeherder(self, ctx: Context, said: Mapping[str, Value]) -> Json:
        """`extra.treeherder`, shared by all tasks of which the same is said."""
        key = (said.get("symbol"), said.get("platform"), said.get("kind"), said.get("tier"))
        found = self.shown.get(key)
        if found is None:
            found = self.shown[key] = treeherder_extra(ctx, said)
        return found


def source_prefix(parameters: Parameters) -> str:
    """What stands before a file's name in the address of its source, ending in `/`.

    Chain of Trust reads repository and revision from it.
    """
    repository = str(parameters["head_repository"]).rstrip("/").removesuffix(".git")
    view = "file" if parameters["repository_type"] == "hg" else "blob"
    return f"{repository}/{view}/{parameters['head_rev']}/"


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
