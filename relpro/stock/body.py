"""Takes a task description and the payload made for it, gives the body for the queue.

Each field of a body is one row of `FIELDS`: its path, its sources, and the function that makes it.
`relpro why` uses the same rows to name the source of a value.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

import attrs

from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.task import Json, TaskDescription
from relpro.stock.identity import retrigger_tag
from relpro.stock.routes import Indexer, treeherder_extra, treeherder_route
from relpro.stock.settings import Setting
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.pool import Pool
from relpro.transform.context import Context
from relpro.transform.scope import Release
from relpro.transform.section import Refusal
from relpro.transform.template import Value
from relpro.values.merge import merged


@attrs.frozen(eq=False, repr=False)
class Common:
    """What the bodies of one generation share, each made once: dates, scopes, Treeherder data."""

    scheduler_id: str
    owner: str
    source: str
    treeherder_route: str
    priority: Setting
    deadline_after: Setting
    expires_after: Setting
    indexer: Callable[[], Indexer]
    dates: dict[str, Json] = attrs.field(factory=dict, init=False)
    scopes: dict[tuple[str, ...], list[str]] = attrs.field(factory=dict, init=False)
    shown: dict[tuple[Value, ...], Json] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, config: GraphConfig, parameters: Parameters, release: Release) -> "Common":
        """The shared data of a generation. Raises `RelproError` for a missing setting."""

        def setting(field: str, written: Value) -> Setting:
            return Setting.of(field, written, release, config)

        return cls(
            scheduler_id=f"{config.trust_domain}-level-{parameters.level}",
            owner=parameters["owner"],
            source=source_prefix(parameters),
            treeherder_route=treeherder_route(parameters),
            priority=setting("priority", config.task_priority),
            deadline_after=setting("deadline_after", config.task_deadline_after),
            expires_after=setting("expires_after", config.task_expires_after),
            indexer=cache(lambda: Indexer.of(config, parameters, release)),
        )

    def date(self, words: str) -> Json:
        """A time relative to the task's creation, shared by all tasks that use it."""
        found = self.dates.get(words)
        if found is None:
            found = self.dates[words] = {"relative-datestamp": words}
        return found

    def held(self, scopes: tuple[str, ...]) -> list[str]:
        """Sorted, distinct scopes: one list, shared by all tasks with the same scopes."""
        found = self.scopes.get(scopes)
        if found is None:
            found = self.scopes[scopes] = sorted(set(scopes))
        return found


class Making(NamedTuple):
    """The inputs of one task's body."""

    common: Common
    ctx: Context
    description: TaskDescription
    pool: Pool
    payload: Payload


#: Returns the value of a field; None if the body has none.
Make = Callable[[Making], Any]


@attrs.frozen
class Source:
    """The source of a field, unless its value comes from the description.

    `name` is a key of the kind or of the configuration, `parameters` are the names of parameters.
    Both are empty for values from the worker alias, from the payload builder or from the task
    itself.
    """

    what: Literal["kind", "configuration", "parameters", "alias", "builder", "task"]
    name: str = ""
    parameters: tuple[str, ...] = ()


@attrs.frozen
class Field:
    """One field of a body: its `key`, or one `part` of the value of that key.

    A row that `adds` to a list extends a list that an earlier row made.
    """

    key: str
    made_of: Source
    make: Make
    part: str = ""
    adds: bool = False


#: A row that has a value for a task, with the value.
_Row = tuple[Field, Any]


def body_of(making: Making) -> dict[str, Json]:
    """The body for `queue.createTask`, without its dependencies.

    Raises `Refusal` for values that a row does not accept, `RelproError` for names that the
    configuration does not have.
    """
    return _body(_rows(making))


def bodies_by_rows(making: Making) -> Iterator[tuple[Field, Mapping[str, Json]]]:
    """Each row that has a value for a task, with the body after that row. Raises like `body_of`."""
    rows = _rows(making)
    for count, (field, _value) in enumerate(rows, 1):
        yield field, _body(rows[:count])


def _rows(making: Making) -> list[_Row]:
    return [(field, value) for field in FIELDS if (value := field.make(making)) is not None]


def _body(rows: Iterable[_Row]) -> dict[str, Json]:
    """The body from all rows: later ones add to the parts of earlier ones."""
    body: dict[str, Json] = {}
    for field, value in rows:
        if field.part:
            body[field.key] = {**body.get(field.key, {}), field.part: value}
        elif field.adds:
            body[field.key] = list(dict.fromkeys((*body.get(field.key, ()), *value)))
        else:
            body[field.key] = value
    return body


def source_prefix(parameters: Parameters) -> str:
    """The URL prefix of a source file, ending in `/`.

    Chain of Trust reads repository and revision from it.
    """
    repository = str(parameters["head_repository"]).rstrip("/").removesuffix(".git")
    view = "file" if parameters["repository_type"] == "hg" else "blob"
    return f"{repository}/{view}/{parameters['head_rev']}/"


def _priority(made: Making) -> object:
    said = made.description
    return said.priority or made.common.priority.of_task(said, made.ctx.release)


def _deadline(made: Making) -> Json:
    said = made.description
    words = said.deadline_after or made.common.deadline_after.of_task(said, made.ctx.release)
    return made.common.date(words)


def _expires(made: Making) -> Json:
    said = made.description
    words = said.expires_after or made.common.expires_after.of_task(said, made.ctx.release)
    return made.common.date(words)


def _scopes(made: Making) -> list[str]:
    return made.common.held((*made.description.scopes, *made.payload.scopes))


def _own_and_index_routes(made: Making) -> list[str]:
    routes = list(made.description.routes)
    if made.description.index:
        routes += made.common.indexer().routes(made.ctx, made.description)
    return list(dict.fromkeys(routes)) if len(routes) > 1 else routes


def _treeherder_routes(made: Making) -> list[str] | None:
    return [made.common.treeherder_route] if made.description.treeherder else None


def _extra(made: Making) -> dict[str, Json]:
    extra = made.description.extra
    return merged(extra, made.payload.extra) if made.payload.extra else dict(extra)


def _treeherder(made: Making) -> Json | None:
    """`extra.treeherder`, shared by all tasks with the same values."""
    said = made.description.treeherder
    if not said:
        return None
    key = (said.get("symbol"), said.get("platform"), said.get("kind"), said.get("tier"))
    shown = made.common.shown
    found = shown.get(key)
    if found is None:
        found = shown[key] = treeherder_extra(made.ctx, said)
    return found


def _index(made: Making) -> Json | None:
    if not made.description.index:
        return None
    given = made.description.extra.get("index", {})
    if not isinstance(given, Mapping):
        raise Refusal("`index` of `extra` must be a mapping", path=("extra", "index"))
    return {**given, "rank": made.common.indexer().rank(made.description)}


def _names(made: Making) -> dict[str, str]:
    return {"name": made.description.label, "description": made.description.description}


def _tags(made: Making) -> dict[str, str]:
    said = made.description
    return {
        "kind": said.kind,
        "label": said.label,
        "retrigger": retrigger_tag(said),
        **said.tags,
    }


def _user(made: Making) -> str:
    return made.description.tags.get("createdForUser", made.common.owner)


def _system(made: Making) -> str:
    return made.description.tags.get("os", made.pool.os)


_ALIAS, _BUILDER, _TASK = Source("alias"), Source("builder"), Source("task")

#: Every field of a body, in the order in which they are made. Names are those of the queue's schema
#: `create-task-request`; for tags, those by which Chain of Trust and tools identify tasks.
FIELDS = (
    Field("provisionerId", _ALIAS, lambda made: made.pool.provisioner),
    Field("workerType", _ALIAS, lambda made: made.pool.worker_type),
    Field(
        "schedulerId",
        Source("configuration", "trust-domain"),
        lambda made: made.common.scheduler_id,
    ),
    Field("priority", Source("configuration", "task-priority"), _priority),
    Field("requires", Source("kind", "requires"), lambda made: made.description.requires),
    Field("created", _TASK, lambda made: made.common.date("0 seconds")),
    Field("deadline", Source("configuration", "task-deadline-after"), _deadline),
    Field("expires", Source("configuration", "task-expires-after"), _expires),
    Field("scopes", _BUILDER, _scopes),
    Field("routes", Source("kind", "index"), _own_and_index_routes),
    Field("routes", Source("kind", "treeherder"), _treeherder_routes, adds=True),
    Field("tags", _TASK, _tags),
    Field("tags", Source("parameters", parameters=("owner",)), _user, "createdForUser"),
    Field("tags", _ALIAS, _system, "os"),
    # Chain of Trust identifies workers by this tag: no task may override it.
    Field("tags", _BUILDER, lambda made: made.payload.worker_tag or None, "worker-implementation"),
    Field("metadata", _TASK, _names),
    Field(
        "metadata",
        Source("parameters", parameters=("owner",)),
        lambda made: made.common.owner,
        "owner",
    ),
    Field(
        "metadata",
        Source("parameters", parameters=("head_repository", "head_rev")),
        lambda made: made.common.source + made.ctx.kind.locations.file,
        "source",
    ),
    Field("extra", _BUILDER, _extra),
    Field("extra", Source("kind", "treeherder"), _treeherder, "treeherder"),
    Field("extra", Source("kind", "index"), _index, "index"),
    Field("payload", _BUILDER, lambda made: made.payload.payload),
    Field("retries", Source("kind", "retries"), lambda made: made.description.retries),
    Field("projectId", Source("kind", "project-id"), lambda made: made.description.project_id),
)
