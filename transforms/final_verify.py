"""Give the last check of updates the lists of what to check, one of each platform.

Source: gecko_taskgraph/transforms/final_verify.py.
"""

import attrs
from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

#: `configs`: the kind whose tasks list the updates.
FINAL_VERIFY = Section("final-verify", {Required("configs"): text}, required=True)


def add_configs(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The addresses of all lists, as arguments of the command in the section `run`."""
    kind = task.sections["final-verify"]["configs"]
    edges = sorted(edge for edge, upstream in task.upstream.items() if upstream.kind == kind)
    run = task.sections["run"]
    if not edges:  # nothing of the product is released
        return task
    words = [run["command"], *(f"<{edge}/public/build/update-verify.cfg>" for edge in edges)]
    command = {"artifact-reference": " ".join(words)}
    return attrs.evolve(task, sections={**task.sections, "run": {**run, "command": command}})


transforms = (each(add_configs, FINAL_VERIFY),)
