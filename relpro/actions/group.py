"""Takes the task group of an action, gives its generation again, for some labels."""

from collections.abc import Collection, Mapping

import attrs

from relpro.actions.action import Generate, Request
from relpro.actions.promotion.previous import read_parameters
from relpro.errors import Diagnostic, Origin, RelproError
from relpro.goal import PUSH, Goal
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.parameters.read import check_parameters
from relpro.pipeline import Pipeline
from relpro.plan.records import json_artifact
from relpro.schemas.documents import LABELS
from relpro.transform.completion import complete


@attrs.frozen
class GroupGraph:
    """The generation of a group's decision or action task, and the ids of its tasks."""

    request: Request
    pipeline: Pipeline
    made: Mapping[str, str]

    @classmethod
    def of(cls, request: Request) -> "GroupGraph":
        """Read the records of the group's own task. Raises `RelproError` (Q706, P...)."""
        group = request.of_group()
        given = read_parameters(group, request.records, request.config)
        parameters = complete(
            request.config, checkout={}, inputs=request.project.inputs, given=given
        )
        made = json_artifact(request.records, group, "public/label-to-taskid.json", LABELS)
        return cls(request, Pipeline(request.project, parameters), made)

    def label(self) -> str:
        """The label of the request's task. Raises `RelproError` (Q707)."""
        task_id = self.request.of_task()
        for label, made in self.made.items():
            if made == task_id:
                return label
        group = self.request.task_group_id
        what = f"task `{task_id}` is none that `{group}` created or reused"
        raise RelproError(Diagnostic("Q707", what, remedy="ask for it in the task's own group"))

    def dependents(self, label: str) -> tuple[str, ...]:
        """The labels of the group's tasks that depend on `label`, directly or through others."""
        full, pending, found = self.pipeline.full, [label], dict[str, None]()
        while pending:
            for task in full.needed_by(pending.pop()):
                if task.label in self.made and task.label not in found:
                    found[task.label] = None
                    pending.append(task.label)
        return tuple(found)

    def generate(self, labels: Collection[str]) -> Generate:
        """The generation that makes `labels` again and reuses the other tasks of the group.

        Raises `RelproError` (O604) for labels that no kind makes.
        """
        full = self.pipeline.full
        unknown = [label for label in labels if label not in full]
        if unknown:
            raise RelproError(*(_unknown(label, full.labels) for label in unknown))
        kept = {label: task_id for label, task_id in self.made.items() if label not in labels}
        parameters = self.pipeline.parameters.replace(
            Origin("the action"),
            existing_tasks=kept,
            optimize_target_tasks=False,
            do_not_optimize=sorted(labels),
        )
        return self._generation(parameters, Goal(labels=tuple(labels)))

    def generate_with(self, changes: Mapping[str, object]) -> Generate:
        """The generation of the same revision with other parameters, such as a target method.

        Raises `RelproError` (P501, P502) for what cannot be parameters.
        """
        where = Origin("the action")
        check_parameters(changes, self.request.config, lambda *_: where)
        return self._generation(self.pipeline.parameters.replace(where, **changes), PUSH)

    def _generation(self, parameters: Parameters, goal: Goal) -> Generate:
        request = self.request
        return Generate(
            Pipeline(
                request.project,
                parameters,
                goal,
                request.creator,
                request.root_url,
                request.records.find_all,
                request.records.statuses,
            )
        )


def _unknown(label: str, labels: Collection[str]) -> Diagnostic:
    remedy = meant(label, labels, "`relpro graph --stage full` lists them")
    return Diagnostic("O604", f"no task is called `{label}`", remedy=remedy)
