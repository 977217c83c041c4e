"""How fast a release is rolled out."""

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import each

#: Beta number -> percent of users who are offered the update at first.
_BETA_RATES = {1: 25, 2: 50}
_BETA_RATE = 100


def add_rate(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The background rate of a beta by its number; other releases keep the rule's own."""
    if ctx.parameters["release_type"] != "beta":
        return task
    beta = ctx.release.values["beta_number"]
    devedition = task.attributes["shipping_product"] == "devedition"
    if devedition:
        return task.with_worker(force_fallback_mapping_update=True)
    return task.with_worker(
        background_rate=_BETA_RATES.get(beta, _BETA_RATE),
        force_fallback_mapping_update=beta == 1,
    )


transforms = (each(add_rate),)
