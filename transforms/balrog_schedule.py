"""How fast a release is rolled out."""

from relpro.model.task import Skipped, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.transform.step import each

#: Where the rules are entered.
_RULES = ("worker", "publish-rules")

#: Beta number -> percent of users who are offered the update at first.
_BETA_RATES = {1: 25, 2: 50, 3: 100}


def need_rules(ctx: Context, task: TaskDescription) -> TaskDescription | Skipped:
    """The task, unless there is no rule by which this type of release is offered.

    Raises `Refusal` where it is a release of production: it would be marked as shipped, and reach
    nobody.
    """
    if task.worker.get("publish-rules"):
        return task
    release_type = ctx.parameters["release_type"]
    if ctx.release_level == "production" and release_type not in ("", "nightly"):
        what = f"no rule of the update server offers releases of type `{release_type}`"
        remedy = "write the id of its rule into `publish-rules` of its row of `release-types`"
        raise Refusal(what, remedy, _RULES)
    return Skipped(task.name, "the update server has no rule for this type of release")


def add_rate(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The background rate of an early beta; other releases keep the rule's own."""
    if ctx.parameters["release_type"] != "beta":
        return task
    beta = ctx.release.values["beta_number"]
    devedition = task.attributes["shipping_product"] == "devedition"
    if devedition:
        return task.with_worker(force_fallback_mapping_update=True)
    return task.with_worker(
        background_rate=_BETA_RATES.get(beta),
        force_fallback_mapping_update=beta == 1,
    )


transforms = (each(need_rules), each(add_rate))
