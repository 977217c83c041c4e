"""Give the last check of updates the lists of what to check, one of each platform."""

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

#: `configs`: the kind whose tasks list the updates.
FINAL_VERIFY = Section("final-verify", {Required("configs"): text}, required=True)


def add_configs(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The addresses of all lists, in the variable `FINAL_VERIFY_CONFIGS`."""
    kind = task.sections["final-verify"]["configs"]
    urls = " ".join(
        f"<{edge}/public/build/update-verify.cfg>"
        for edge, upstream in task.upstream.items()
        if upstream.kind == kind
    )
    env = {**task.worker.get("env", {}), "FINAL_VERIFY_CONFIGS": {"artifact-reference": urls}}
    return task.with_worker(env=env)


transforms = (each(add_configs, FINAL_VERIFY),)
