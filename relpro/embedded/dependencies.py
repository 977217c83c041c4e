"""Takes a task's dependencies; gives whether it may run, and which tasks its end unblocks."""

from collections.abc import Iterable, Iterator

from relpro.embedded.clock import to_text
from relpro.embedded.errors import bad_input
from relpro.embedded.store import Store
from relpro.embedded.tasks import RESOLVED, TaskRecord, find_task

#: SQLite's limit of variables in one statement, minus a margin.
BATCH = 900


def check_dependencies(store: Store, record: TaskRecord, dependencies: Iterable[str]) -> list[bool]:
    """Whether each dependency is satisfied already.

    Raises `InputError` naming all that do not exist, or that expire before the task's deadline. A
    task may depend on itself; that is never satisfied before it runs (queue API, createTask).
    """
    wanted = list(dependencies)
    known = _states(store, [task_id for task_id in wanted if task_id != record.task_id])
    missing = [t for t in wanted if t not in known and t != record.task_id]
    if missing:
        lines = "\n".join(f" * {task_id}" for task_id in missing)
        raise bad_input(f"`task.dependencies` references non-existing tasks:\n{lines}")
    short = [t for t in wanted if t != record.task_id and known[t][1] < record.deadline]
    if short:
        lines = "\n".join(f" * {t}, expires: {to_text(known[t][1])}" for t in short)
        raise bad_input(
            f"`task.dependencies` references tasks that expire before `task.deadline`:\n{lines}"
        )
    return [t != record.task_id and _is_met(known[t][0], record.requires) for t in wanted]


def add_dependencies(
    store: Store, task_id: str, dependencies: Iterable[str], satisfied: Iterable[bool]
) -> None:
    """Store the dependencies of a task."""
    rows = [(t, task_id, int(met)) for t, met in zip(dependencies, satisfied, strict=True)]
    store.many("insert or ignore into dependency values (?, ?, ?)", rows)


def ready_dependents(store: Store, record: TaskRecord, now: int) -> Iterator[TaskRecord]:
    """Tasks whose last dependency was this one, which is resolved now."""
    waiting = store.all(
        "select task_id from dependency where required = ? and satisfied = 0 order by task_id",
        record.task_id,
    )
    for (task_id,) in waiting:
        dependent = find_task(store, task_id)
        if dependent is None or not _is_met(record.state, dependent.requires):
            continue
        store.run(
            "update dependency set satisfied = 1 where required = ? and task_id = ?",
            record.task_id,
            task_id,
        )
        unmet = store.one(
            "select 1 from dependency where task_id = ? and satisfied = 0 limit 1", task_id
        )
        if not unmet and not dependent.runs and dependent.deadline > now:
            yield dependent


def _is_met(state: str, requires: str) -> bool:
    return state == "completed" or (requires == "all-resolved" and state in RESOLVED)


def _states(store: Store, task_ids: list[str]) -> dict[str, tuple[str, int]]:
    states = {}
    for start in range(0, len(task_ids), BATCH):
        batch = task_ids[start : start + BATCH]
        marks = ", ".join("?" * len(batch))
        sql = f"select task_id, state, expires from task where task_id in ({marks})"  # noqa: S608
        states.update({row[0]: (row[1], row[2]) for row in store.all(sql, *batch)})
    return states
