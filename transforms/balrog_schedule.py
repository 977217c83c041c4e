"""Takes a task that schedules updates, skips it without rules, and sets the fallback of betas."""

from relpro.model.task import Skipped, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.transform.step import each

#: The setting with the rules.
_RULES = ("worker", "publish-rules")


def need_rules(ctx: Context, task: TaskDescription) -> TaskDescription | Skipped:
    """The task, unless there is no rule for this type of release.

    Raises `Refusal` for a production release, which would be marked as shipped without reaching any
    user.
    """
    if task.worker.get("publish-rules"):
        return task
    release_type = ctx.parameters["release_type"]
    if ctx.release_level == "production" and release_type not in ("", "nightly"):
        what = f"no rule of the update server offers releases of type `{release_type}`"
        remedy = "write the id of its rule into `publish-rules` of its row of `release-types`"
        raise Refusal(what, remedy, _RULES)
    return Skipped(task.name, "the update server has no rule for this type of release")


def add_fallback(ctx: Context, task: TaskDescription) -> TaskDescription:
    """Sets the fallback of a rule for a beta: for the first one, and for devedition."""
    if ctx.parameters["release_type"] != "beta":
        return task
    is_first = ctx.release.values["beta_number"] == 1
    devedition = task.attributes.get("shipping_product") == "devedition"
    return task.with_worker(force_fallback_mapping_update=devedition or is_first)


transforms = (each(need_rules), each(add_fallback))
