"""Takes the intended tasks of a task group, submits those that do not exist yet.

If it is killed at any point and run again, it ends with exactly the intended tasks: ids are
computed from labels, existing tasks are compared and left alone, and no task starts before all
exist.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from relpro.errors import Diagnostic, Refused, RelproError, Unreachable
from relpro.model.counted import counted
from relpro.submit.compare import difference
from relpro.submit.create import Outcome, Progress, create_tasks
from relpro.submit.doomed import Known, refuse_doomed
from relpro.submit.intended import Intended, encode_bodies, labels
from relpro.submit.queue import Queue
from relpro.submit.scopes import check_scopes, creation

#: Separates the lines of a reason.
_HANGING = "\n     "

#: The most refused tasks that are named one by one.
_REFUSED = 100


@attrs.frozen
class Submission:
    """The result for every label, in the order of the graph.

    `created` and `existing` map labels to task ids; `failed` to the task's own error, in words;
    `skipped` to the label of the failed task on which the task depends.
    """

    created: Mapping[str, str]
    existing: Mapping[str, str]
    failed: Mapping[str, str]
    skipped: Mapping[str, str]

    @property
    def told(self) -> str:
        """The number of tasks that exist now, in words."""
        return f"{counted(len(self.created))} created, {len(self.existing)} there already"


class SubmissionRefused(Refused):
    """Tasks were refused (exit code 4). `submission` has the result for each."""

    def __init__(self, submission: Submission, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.submission = submission


class SubmissionUnreachable(Unreachable):
    """Taskcluster failed during a submission (exit code 3).

    `submission` has the result for each task.
    """

    def __init__(self, submission: Submission, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.submission = submission


def submit(
    queue: Queue,
    intended: Sequence[Intended],
    *,
    now: datetime,
    progress: Progress = lambda *_: None,
) -> Submission:
    """Create the intended tasks that do not exist yet; all dates are counted from `now`.

    Before anything is created, raises `Refused` for tasks that are too large (Q701), that exist
    with another definition (Q705), that could never start because an existing dependency will not
    complete (Q715), or for which the caller lacks scopes (Q704). After that, raises
    `SubmissionRefused` (Q701, Q705) or `SubmissionUnreachable` (Q702, Q703) if some tasks could not
    be created; all others were.
    """
    bodies = encode_bodies(intended, now)
    existing = standing(queue, intended)
    new = [task for at, task in enumerate(intended) if at not in existing]
    if new:
        check_scopes(queue.current_scopes(), tuple(creation(new)))
    outcome = create_tasks(queue, intended, bodies, existing=existing, progress=progress)
    submission = _submission(intended, outcome)
    if outcome.failed:
        raise _incomplete(intended, outcome, submission)
    return submission


def standing(known: Known, intended: Sequence[Intended]) -> frozenset[int]:
    """The positions of tasks that exist as intended.

    Raises `Refused` for existing tasks that differ (Q705), and for those that will never complete
    although tasks still to be created depend on them (Q715).
    """
    existing = _existing(known, intended)
    if 0 < len(existing) < len(intended):
        refuse_doomed(known, intended, existing)
    return existing


def _existing(known: Known, intended: Sequence[Intended]) -> frozenset[int]:
    found = known.definitions([task.task_id for task in intended])
    there = [at for at, task in enumerate(intended) if task.task_id in found]
    problems = [
        problem
        for at in there
        if (problem := difference(intended[at], found[intended[at].task_id]))
    ]
    if problems:
        raise Refused(*problems)
    return frozenset(there)


def _submission(intended: Sequence[Intended], outcome: Outcome) -> Submission:
    def ids(positions: Sequence[int]) -> dict[str, str]:
        return {intended[at].label: intended[at].task_id for at in sorted(positions)}

    return Submission(
        created=ids(outcome.created),
        existing=ids(outcome.existing),
        failed={intended[at].label: _said(outcome.failed[at]) for at in sorted(outcome.failed)},
        skipped={
            intended[at].label: intended[outcome.skipped[at]].label
            for at in sorted(outcome.skipped)
        },
    )


def _said(error: RelproError) -> str:
    return "; ".join(": ".join(filter(None, (one.what, one.why))) for one in error.diagnostics)


def _incomplete(
    intended: Sequence[Intended], outcome: Outcome, submission: Submission
) -> RelproError:
    diagnostics = tuple(_diagnostics(intended, outcome))
    if any(isinstance(error, Unreachable) for error in outcome.failed.values()):
        return SubmissionUnreachable(submission, *diagnostics)
    return SubmissionRefused(submission, *diagnostics)


def _diagnostics(intended: Sequence[Intended], outcome: Outcome) -> Iterator[Diagnostic]:
    """One diagnostic for each cause, such as an outage, with all tasks that it concerns."""
    causes = _causes(intended, outcome)
    lost: dict[RelproError, list[int]] = {}
    for at in sorted(outcome.failed):
        lost.setdefault(causes[at], []).append(at)
    needing: dict[RelproError, list[int]] = {}
    for at, failed in sorted(outcome.skipped.items()):
        needing.setdefault(causes[failed], []).append(at)
    count = len(outcome.created) + len(outcome.existing)
    remedy = f"then run the same again: {count:,} of {len(intended):,} tasks exist and are kept"
    for error, tasks in lost.items():
        where = () if isinstance(error, Unreachable) else (intended[tasks[0]].origin,)
        named = labels(intended, tasks, _REFUSED)
        said = [f"not created: {named}"] if len(tasks) > 1 else []
        if error in needing:
            said.append(f"not created, as they need it: {labels(intended, needing[error])}")
        for one in error.diagnostics:
            lines = [*one.why.splitlines(), *said]
            yield attrs.evolve(
                one,
                what=_of_all(one.what, intended, tasks),
                where=one.where or where,
                why=_HANGING.join(lines),
                remedy=f"{one.remedy or 'mend that'}, {remedy}",
            )


def _causes(intended: Sequence[Intended], outcome: Outcome) -> dict[int, RelproError]:
    """Position -> error; tasks that failed for the same reason share the error of the first.

    Tasks share a reason if they met one outage, or if the queue refuses them with the same words,
    as it does for a sealed task group.
    """
    first: dict[object, RelproError] = {}
    return {
        at: first.setdefault(_reason(outcome.failed[at], intended[at].task_id), outcome.failed[at])
        for at in sorted(outcome.failed)
    }


def _reason(error: RelproError, task_id: str) -> object:
    """The common part of errors with one cause; a unique object if there is none."""
    if isinstance(error, Unreachable):
        return error.diagnostics[0].what
    said = tuple((one.code, one.why.replace(task_id, "")) for one in error.diagnostics)
    return said if all(why for _, why in said) else error


def _of_all(what: str, intended: Sequence[Intended], tasks: Sequence[int]) -> str:
    """The message about the first of some tasks, extended to all of them."""
    first = f"task `{intended[tasks[0]].label}`"
    return what if len(tasks) == 1 else what.replace(first, f"{len(tasks):,} tasks")
