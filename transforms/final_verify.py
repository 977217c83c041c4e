"""Give the final check of updates the lists of files to check, one for each platform.

Source: gecko_taskgraph/transforms/final_verify.py.
"""

import attrs
from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text
from transforms._run import line_of, run_of

#: `configs`: the kind whose tasks list the updates.
FINAL_VERIFY = Section("final-verify", {Required("configs"): text}, required=True)


def add_configs(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """Adds the URLs of all lists as arguments of the command in the section `run`."""
    kind = task.sections["final-verify"]["configs"]
    edges = sorted(edge for edge, upstream in task.upstream.items() if upstream.kind == kind)
    if not edges:  # no platform of the product is released
        return task
    lists = (f"<{edge}/public/build/update-verify.cfg>" for edge in edges)
    command = {"artifact-reference": " ".join((line_of(task, "command"), *lists))}
    run = {**run_of(task), "command": command}
    return attrs.evolve(task, sections={**task.sections, "run": run})


transforms = (each(add_configs, FINAL_VERIFY),)
