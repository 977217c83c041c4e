"""Takes a task that schedules updates, skips it if no rule of the update server offers them.

```yaml
transforms: [relpro.stock.release_deps, relpro.stock.balrog_schedule]
tasks:
  schedule:
    release-deps: {}
    balrog-schedule:
      without-rules: [nightly]           # optional: types of release that need no rule
    worker-type: balrog
    worker: {behavior: schedule, server: release, publish-rules: '{publish-rules}'}
```

Without `publish-rules`, a release in production would be marked as shipped and reach no user: that
is an error (T411), unless its type needs no rule. Elsewhere, the task is skipped.
"""

from voluptuous import Optional

from relpro.model.task import Skipped, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import text

BALROG_SCHEDULE = Section("balrog-schedule", {Optional("without-rules"): [text]})


def need_rules(ctx: Context, task: TaskDescription) -> TaskDescription | Skipped:
    """The task, unless there is no rule for this type of release.

    Raises `Refusal` for a production release whose type needs a rule.
    """
    section = task.sections.get("balrog-schedule")
    if section is None or task.worker.get("publish-rules"):
        return task
    release_type = ctx.parameters["release_type"]
    exempt = ("", *section.get("without-rules", ()))
    if ctx.release_level == "production" and release_type not in exempt:
        what = f"no rule of the update server offers releases of type `{release_type}`"
        remedy = "write the id of its rule into `publish-rules` of its row of `release-types`"
        raise Refusal(what, remedy, ("worker", "publish-rules"))
    return Skipped(task.name, "the update server has no rule for this type of release")


transforms = (each(need_rules, BALROG_SCHEDULE),)
