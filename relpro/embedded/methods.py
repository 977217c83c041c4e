"""The methods of each service's API: their paths and handlers."""

from collections.abc import Awaitable, Callable, Mapping

from relpro.embedded import (
    artifacts,
    claims,
    clients,
    control,
    firing,
    groups,
    hooks,
    index,
    queue,
    secrets,
)
from relpro.embedded.deployment import Call
from relpro.embedded.errors import Json

#: A handler; only that of claimWork waits.
Handler = Callable[[Call], object] | Callable[[Call], Awaitable[object]]

#: Name, HTTP method, path and handler.
Method = tuple[str, str, str, Handler]


def ping(call: Call) -> Json:
    """Every service's API, ping."""
    return {"alive": True, "uptime": call.now / 1000}


TASK, RUN, GROUP = "task/<taskId>", "task/<taskId>/runs/<runId>", "task-group/<taskGroupId>"
HOOK = "hooks/<hookGroupId>/<hookId>"
PING: Method = ("ping", "GET", "ping", ping)

QUEUE: tuple[Method, ...] = (
    ("createTask", "PUT", TASK, queue.create_task),
    ("task", "GET", TASK, queue.task),
    ("status", "GET", f"{TASK}/status", queue.status),
    ("tasks", "POST", "tasks", queue.tasks),
    ("statuses", "POST", "tasks/status", queue.statuses),
    ("listTaskGroup", "GET", f"{GROUP}/list", groups.list_task_group),
    ("getTaskGroup", "GET", GROUP, groups.get_task_group),
    ("sealTaskGroup", "POST", f"{GROUP}/seal", groups.seal_task_group),
    ("cancelTaskGroup", "POST", f"{GROUP}/cancel", groups.cancel_task_group),
    ("listDependentTasks", "GET", f"{TASK}/dependents", queue.list_dependents),
    ("scheduleTask", "POST", f"{TASK}/schedule", queue.schedule_task),
    ("rerunTask", "POST", f"{TASK}/rerun", queue.rerun_task),
    ("cancelTask", "POST", f"{TASK}/cancel", queue.cancel_task),
    ("changeTaskPriority", "POST", f"{TASK}/priority", queue.change_priority),
    ("claimWork", "POST", "claim-work/<taskQueueId>", claims.claim_work),
    ("claimTask", "POST", f"{RUN}/claim", claims.claim_task),
    ("reclaimTask", "POST", f"{RUN}/reclaim", claims.reclaim_task),
    ("reportCompleted", "POST", f"{RUN}/completed", claims.report_completed),
    ("reportFailed", "POST", f"{RUN}/failed", claims.report_failed),
    ("reportException", "POST", f"{RUN}/exception", claims.report_exception),
    ("createArtifact", "POST", f"{RUN}/artifacts/<name>", artifacts.create_artifact),
    ("listArtifacts", "GET", f"{RUN}/artifacts", artifacts.list_artifacts),
    ("listLatestArtifacts", "GET", f"{TASK}/artifacts", artifacts.list_artifacts),
    ("getArtifact", "GET", f"{RUN}/artifacts/<name>", artifacts.get_artifact),
    ("getLatestArtifact", "GET", f"{TASK}/artifacts/<name>", artifacts.get_artifact),
    ("artifact", "GET", f"{RUN}/artifact-content/<name>", artifacts.artifact_content),
    ("latestArtifact", "GET", f"{TASK}/artifact-content/<name>", artifacts.artifact_content),
    ("artifactInfo", "GET", f"{RUN}/artifact-info/<name>", artifacts.artifact_info),
    ("latestArtifactInfo", "GET", f"{TASK}/artifact-info/<name>", artifacts.artifact_info),
    ("pendingTasks", "GET", "pending/<taskQueueId>", queue.pending_tasks),
    ("taskQueueCounts", "GET", "task-queues/<taskQueueId>/counts", queue.task_queue_counts),
    PING,
)

INDEX: tuple[Method, ...] = (
    ("insertTask", "PUT", "task/<namespace>", index.insert_task),
    ("findTask", "GET", "task/<indexPath>", index.find_task),
    ("findArtifactFromTask", "GET", "task/<indexPath>/artifacts/<name>", index.find_artifact),
    ("findTasksAtIndex", "POST", "tasks/indexes", index.find_tasks),
    ("listTasks", "GET", "tasks(?:/<namespace>)?/?", index.list_tasks),
    ("listNamespaces", "GET", "namespaces(?:/<namespace>)?/?", index.list_namespaces),
    ("deleteTask", "DELETE", "task/<namespace>", index.delete_task),
    PING,
)

HOOKS: tuple[Method, ...] = (
    ("listHookGroups", "GET", "hooks", hooks.list_groups),
    ("listHooks", "GET", "hooks/<hookGroupId>", hooks.list_hooks),
    ("hook", "GET", HOOK, hooks.hook),
    ("getHookStatus", "GET", f"{HOOK}/status", hooks.hook_status),
    ("createHook", "PUT", HOOK, hooks.create_hook),
    ("updateHook", "POST", HOOK, hooks.update_hook),
    ("removeHook", "DELETE", HOOK, hooks.remove_hook),
    ("triggerHook", "POST", f"{HOOK}/trigger", firing.trigger_hook),
    ("triggerHookWithToken", "POST", f"{HOOK}/trigger/<token>", firing.trigger_with_token),
    ("getTriggerToken", "GET", f"{HOOK}/token", hooks.get_token),
    ("resetTriggerToken", "POST", f"{HOOK}/token", hooks.reset_token),
    PING,
)

SECRETS: tuple[Method, ...] = (
    ("get", "GET", "secret/<name>", secrets.get_secret),
    ("set", "PUT", "secret/<name>", secrets.set_secret),
    ("remove", "DELETE", "secret/<name>", secrets.remove_secret),
    ("list", "GET", "secrets", secrets.list_secrets),
    PING,
)

AUTH: tuple[Method, ...] = (
    ("createClient", "PUT", "clients/<clientId>", clients.create_client),
    ("resetAccessToken", "POST", "clients/<clientId>/reset", clients.reset_access_token),
    ("disableClient", "POST", "clients/<clientId>/disable", clients.disable_client),
    ("enableClient", "POST", "clients/<clientId>/enable", clients.enable_client),
    ("updateClient", "POST", "clients/<clientId>", clients.update_client),
    ("client", "GET", "clients/<clientId>", clients.client),
    ("deleteClient", "DELETE", "clients/<clientId>", clients.delete_client),
    ("createRole", "PUT", "roles/<roleId>", clients.create_role),
    ("updateRole", "POST", "roles/<roleId>", clients.update_role),
    ("role", "GET", "roles/<roleId>", clients.role),
    ("listRoles", "GET", "roles/?", clients.list_roles),
    ("deleteRole", "DELETE", "roles/<roleId>", clients.delete_role),
    ("currentScopes", "GET", "scopes/current", clients.current_scopes),
    ("expandScopes", "POST", "scopes/expand", clients.expand_scopes),
    ("testAuthenticate", "POST", "test-authenticate", clients.test_authenticate),
    PING,
)

#: Methods that Taskcluster does not have: contents of artifacts, and control by tests.
OWN: tuple[Method, ...] = (
    ("uploadContent", "PUT", "content/<signature>/<place>", artifacts.put_content),
    ("downloadContent", "GET", "content/<signature>/<place>", artifacts.get_content),
    ("advanceClock", "POST", "control/clock", control.advance_clock),
    ("setFaults", "POST", "control/faults", control.set_faults),
)

SERVICES: Mapping[str, tuple[Method, ...]] = {
    "queue": QUEUE,
    "index": INDEX,
    "hooks": HOOKS,
    "secrets": SECRETS,
    "auth": AUTH,
    "relpro": OWN,
}

#: The schemas of request bodies, by method.
SCHEMAS: Mapping[str, str] = {
    "createTask": "queue/create-task-request",
    "tasks": "queue/tasks-request",
    "statuses": "queue/tasks-request",
    "changeTaskPriority": "requests/change-priority",
    "claimWork": "requests/claim-work",
    "claimTask": "requests/claim-task",
    "reportException": "requests/report-exception",
    "createArtifact": "queue/post-artifact-request",
    "insertTask": "requests/insert-task",
    "findTasksAtIndex": "requests/find-tasks",
    "createHook": "hooks/create-hook-request",
    "updateHook": "hooks/create-hook-request",
    "triggerHook": "hooks/trigger-hook",
    "triggerHookWithToken": "hooks/trigger-hook",
    "set": "requests/secret",
    "createClient": "requests/client",
    "updateClient": "requests/client",
    "createRole": "requests/role",
    "updateRole": "requests/role",
    "expandScopes": "requests/scopes",
    "testAuthenticate": "requests/test-authenticate",
    "advanceClock": "requests/clock",
    "setFaults": "requests/faults",
}

#: Methods whose answers have pages.
PAGED = frozenset(
    {
        "tasks",
        "statuses",
        "listTaskGroup",
        "listDependentTasks",
        "listArtifacts",
        "listLatestArtifacts",
        "findTasksAtIndex",
        "listTasks",
        "listNamespaces",
        "list",
    }
)
