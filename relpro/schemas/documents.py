"""The schemas of JSON documents from outside: the fields that relpro reads, and their types.

Sources: queue API (task, task-status, task-run, list-task-group-response), index API (findTask,
findTasksAtIndex), auth API (currentScopes), the artifacts of decision tasks (taskgraph, and
`relpro.submit.artifacts`).
"""

from typing import Final

from relpro.schemas.shape import (
    ANYTHING,
    MOMENT,
    OBJECT,
    TEXT,
    TEXTS,
    Schema,
    Shape,
    either,
    list_of,
    mapping_of,
    or_null,
    record,
)

#: A task id (queue API, taskId): it becomes part of URLs, and of paths of recorded artifacts.
_TASK_ID: Final[Schema] = {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}
_STATE: Final[Schema] = {
    "enum": ["unscheduled", "pending", "running", "completed", "failed", "exception"]
}
_RUN = record(optional=dict.fromkeys(("reasonCreated", "reasonResolved", "state"), TEXT))
_RUNS = list_of({**_RUN, "properties": {**_RUN["properties"], "scheduled": MOMENT}})

_NAMES = (
    *("provisionerId", "workerType", "taskQueueId", "schedulerId", "projectId"),
    *("taskGroupId", "requires"),
)
#: The fields that are read from a task's body, if it has them.
_BODY = {
    **dict.fromkeys(_NAMES, TEXT),
    "priority": {
        "enum": ["highest", "very-high", "high", "medium", "low", "very-low", "lowest", "normal"]
    },
    **dict.fromkeys(("dependencies", "routes", "scopes"), TEXTS),
    "tags": mapping_of(TEXT),
    "metadata": mapping_of(TEXT),
    "payload": OBJECT,
    "extra": record(optional={"parent": TEXT}),
}
_DATES = ("created", "deadline", "expires")
#: In a graph file, dates are relative to the creation of the task, and texts may be references.
_MADE = either(TEXT, OBJECT)
_WRITTEN_BODY = {
    **_BODY,
    **{name: either(MOMENT, record({"relative-datestamp": TEXT})) for name in _DATES},
    **{name: list_of(_MADE) for name in ("dependencies", "routes", "scopes")},
    **{name: mapping_of(_MADE) for name in ("tags", "metadata")},
}

_STATUS_SAYS = {"taskId": _TASK_ID, "taskGroupId": _TASK_ID, "schedulerId": TEXT, "runs": _RUNS}
#: The fields of a recorded status; the queue gives all of them.
_RECORDED_STATUS = record({"state": _STATE}, {**_STATUS_SAYS, "expires": MOMENT})
_STATUS = record({"state": _STATE, "deadline": MOMENT, "expires": MOMENT, **_STATUS_SAYS})
_DEFINED = {name: _BODY[name] for name in ("taskGroupId", "schedulerId", "scopes")}
_DEFINITION = record(
    {
        **_DEFINED,
        "metadata": record({"name": TEXT}, {"source": TEXT}),
        **dict.fromkeys(_DATES, MOMENT),
    },
    _BODY,
)
_RECORDED_DEFINITION = record(
    {name: _DEFINITION["properties"][name] for name in (*_DEFINED, "metadata")},
    {**_BODY, **dict.fromkeys(_DATES, MOMENT)},
)
_INDEXED = record({"namespace": TEXT, "taskId": _TASK_ID})


def _page(name: str, entry: Schema) -> Shape:
    """One page of an answer with the entries `name`."""
    return Shape(record({name: list_of(entry)}, {"continuationToken": or_null(TEXT)}))


#: Answers of queue, auth and index.
CREATED = Shape(record({"status": record({"taskId": _TASK_ID})}))
DEFINITION = Shape(_DEFINITION)
STATUS = Shape(record({"status": _STATUS}))
GROUP = Shape(record({"taskGroupId": _TASK_ID}))
STATUSES = _page("statuses", record({"taskId": _TASK_ID, "status": _STATUS}))
DEFINITIONS = _page("tasks", record({"taskId": _TASK_ID, "task": _DEFINITION}))
MEMBERS = _page("tasks", record({"task": _DEFINITION, "status": _STATUS}))
INDEXED = _page("tasks", _INDEXED)
FOUND = Shape(record({"taskId": _TASK_ID}))
SCOPES = Shape(record({"scopes": TEXTS}))

#: The same as records: by task id, and by index path.
RECORDED_STATUSES = Shape(mapping_of(_RECORDED_STATUS))
RECORDED_DEFINITIONS = Shape(mapping_of(_RECORDED_DEFINITION))
RECORDED_INDEX = Shape(mapping_of(_TASK_ID))

#: Label -> task id: `label-to-taskid.json`.
LABELS = Shape(mapping_of(_TASK_ID))

#: Label -> kind, of `full-task-graph.json`: all that a promotion reads from it.
KINDS = Shape(mapping_of(record({"kind": TEXT})))

#: The effects of a task: keys of places, by kind of place.
EFFECTS: Final[Schema] = record(
    optional={
        **dict.fromkeys(("writes", "reads", "outside"), mapping_of(TEXTS)),
        "copies": list_of(record({"source": TEXT, "target": TEXT, "excluded": TEXTS})),
        "downloads": list_of(record({"name": TEXT, "path": TEXT, "locales": TEXTS})),
    }
)

#: Label, or task id, -> task: `full-task-graph.json`, `task-graph.json`.
GRAPH = Shape(
    mapping_of(
        record(
            {
                "kind": TEXT,
                "attributes": OBJECT,
                "dependencies": mapping_of(TEXT),
                "task": record(optional=_WRITTEN_BODY),
            },
            {
                "label": TEXT,
                "description": or_null(TEXT),
                "soft_dependencies": or_null(TEXTS),
                "if_dependencies": or_null(TEXTS),
                "optimization": ANYTHING,
                "effects": EFFECTS,
            },
        )
    )
)

#: `.cron.yml`: the cron jobs. Source: fxci-config, build-decision.
CRON = Shape(
    record(
        {
            "jobs": list_of(
                record(
                    {
                        "name": TEXT,
                        "job": record(
                            {"type": TEXT},
                            {"target-tasks-method": TEXT, "treeherder-symbol": TEXT},
                        ),
                    }
                )
            )
        }
    )
)

#: Roles, as auth lists them (auth API, listRoles), and as `relpro scopes` prints them.
ROLES = Shape(record({"roles": list_of(record({"roleId": TEXT, "scopes": TEXTS}))}))
