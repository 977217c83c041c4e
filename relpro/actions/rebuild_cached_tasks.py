"""The rebuild-cached-tasks action: make cached tasks again."""

from relpro.actions.action import Action, Generate, Request
from relpro.actions.group import GroupGraph
from relpro.errors import Diagnostic, RelproError


def _rebuild_cached_tasks(request: Request) -> Generate:
    group = GroupGraph.of(request)
    cached = tuple(
        task.label
        for task in group.pipeline.full
        if task.attributes.get("cached_task") and task.label in group.made
    )
    if not cached:
        what = f"task group `{request.task_group_id}` uses no cached task"
        raise RelproError(Diagnostic("Q707", what))
    return group.generate(cached)


REBUILD_CACHED_TASKS = Action(
    name="rebuild-cached-tasks",
    title="Rebuild Cached Tasks",
    description="Make every task anew that the group took from the cache.",
    symbol="rebuild-cached",
    order=1000,
    decide=_rebuild_cached_tasks,
)
