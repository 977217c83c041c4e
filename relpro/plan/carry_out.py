"""Takes a pipeline and a queue, creates the task group: artifacts first, then the tasks.

Decision tasks and actions that create tasks both use it.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import attrs

from relpro.errors import Diagnostic, Refused
from relpro.pipeline import Pipeline
from relpro.plan.makers import foreign_tasks, reused_tasks
from relpro.plan.plan import Plan, make_plan
from relpro.plan.published import published
from relpro.plan.records import UNRESOLVED, Definition, Records, level_of
from relpro.plan.reused import (
    COMPLETED,
    assumed,
    expired,
    leftovers,
    made_before,
    needed_labels,
    unreliable,
)
from relpro.plan.secrets import refuse_secrets
from relpro.submit.artifacts import decision_artifacts
from relpro.submit.create import Progress
from relpro.submit.intended import Intended, intend
from relpro.submit.queue import Queue
from relpro.submit.submission import Submission, standing, submit
from relpro.writing import write_folder


@attrs.frozen
class Desk:
    """Where a generation is carried out: the state of Taskcluster, how to create tasks, the time.

    The dates of all tasks are counted from `now`.
    """

    records: Records
    queue: Queue
    now: datetime
    progress: Progress = lambda *_: None


def intended_tasks(pipeline: Pipeline) -> tuple[Intended, ...]:
    """The tasks of a pipeline as children of its creator, in the creator's task group."""
    return intend(
        pipeline.morphed.graph,
        pipeline.morphed.label_to_taskid,
        group=pipeline.creator,
        creator=pipeline.creator,
    )


def prepare(pipeline: Pipeline, folder: Path, actions: Mapping[str, object] | None) -> Plan:
    """Write the artifacts of a decision task into `folder`.

    `actions` is the content of `actions.json`.

    Returns the plan, which is one of the files. Raises `RelproError` for everything that the stages
    refuse, `Refused` (Q718) for secrets in the files, `OSError` if they cannot be written; then
    none is.
    """
    plan = make_plan(pipeline)
    artifacts = decision_artifacts(
        parameters=pipeline.parameters,
        full=pipeline.full,
        target=pipeline.full.restrict(pipeline.target.labels),
        morphed=pipeline.morphed.graph,
        label_to_taskid=pipeline.morphed.label_to_taskid,
        submitted=intended_tasks(pipeline),
        decisions=pipeline.decisions,
        actions=actions,
    )
    own = ("plan.json", lambda file: file.write(plan.encode()))
    write_folder(folder, (*artifacts, own, *published(pipeline)), refuse_secrets(os.environ))
    return plan


def carry_out(pipeline: Pipeline, plan: Plan, desk: Desk) -> Submission:
    """Create the tasks of a pipeline. Raises like `refuse_unsafe` and `submit`."""
    refuse_unsafe(pipeline, plan, desk.records, desk.now)
    return create(pipeline, desk)


def try_out(pipeline: Pipeline, plan: Plan, records: Records, now: datetime) -> None:
    """Raise `Refused` like `carry_out` before it creates anything, and create nothing.

    Missing scopes (Q704) are not reported, as they depend on who carries it out.
    """
    refuse_unsafe(pipeline, plan, records, now)
    standing(records, intended_tasks(pipeline))


def create(pipeline: Pipeline, desk: Desk) -> Submission:
    """Create the tasks of a pipeline that passed `refuse_unsafe`. Raises like `submit`."""
    return submit(desk.queue, intended_tasks(pipeline), now=desk.now, progress=desk.progress)


def assumption(plan: Plan) -> Diagnostic | None:
    """Why a plan cannot be applied (Q714): its reused tasks are only assumed to exist."""
    made_up = assumed(plan.reuse)
    if not made_up:
        return None
    what = f"{len(made_up)} reused tasks are only assumed to exist, such as `{made_up[0]}`"
    remedy = "give parameters with `existing_tasks`, or promote with `previous_graph_ids`"
    return Diagnostic("Q714", what, remedy=remedy)


def refuse_unsafe(pipeline: Pipeline, plan: Plan, records: Records, now: datetime) -> None:
    """Raise `Refused`, before anything is created, for everything that would fail later.

    These are unusable reused tasks or tasks made by others (Q714), a release that another group
    made (Q717), and different tasks that an earlier run has left in the group (Q710).
    """
    if objection := assumption(plan):
        raise Refused(objection)
    optimized, creator = pipeline.created, pipeline.creator
    release = pipeline.release_id
    if release and (objection := made_before(release, creator, records)):
        raise Refused(objection)
    needed = needed_labels(optimized)
    ids = [optimized.replaced[label] for label in needed]
    intended = [task.task_id for task in intended_tasks(pipeline)]
    # A release needs completed tasks; other graphs may wait for running ones.
    states = COMPLETED if pipeline.flavor else COMPLETED | UNRESOLVED
    statuses = records.statuses(ids)
    there = [label for label in needed if optimized.replaced[label] in statuses]
    known = records.definitions([optimized.replaced[label] for label in there])
    objections = (
        *unreliable(optimized, pipeline.full, statuses, now, states=states),
        *expired(optimized, known, now),
        *_made_by_others(pipeline, there, known, records),
        *leftovers(records.group(creator), intended, creator, UNRESOLVED),
    )
    if objections:
        raise Refused(*objections)


def _made_by_others(
    pipeline: Pipeline,
    needed: Sequence[str],
    known: Mapping[str, Definition],
    records: Records,
) -> Iterator[Diagnostic]:
    """Objections to the makers of the `needed` reused tasks, from the queue's records."""
    optimized = pipeline.created
    schedulers = (str(task.definition["schedulerId"]) for task in optimized.graph)
    own = max(schedulers, key=level_of, default="")
    reused = tuple(reused_tasks(needed, optimized, pipeline.full, pipeline.existing))
    made = (known[one.task_id] for one in reused if not one.cached and one.task_id in known)
    groups = records.definitions(sorted({body["taskGroupId"] for body in made}))
    yield from foreign_tasks(
        reused, known, groups, own, str(pipeline.parameters["head_repository"])
    )
