"""Takes a flavor and the parameters of a release, gives a task id that only one group can create.

A release is promoted, pushed and shipped once. If two people request it at the same moment, both
graphs contain a task with this id, and the queue refuses one of them.
"""

from relpro.graph.taskids import task_id
from relpro.model.config import Flavor, GraphConfig
from relpro.model.parameters import Parameters

#: One release can have several builds of its partners.
_PARTNERS = "release_enable_partner"


def release_id(flavor: Flavor, parameters: Parameters, config: GraphConfig) -> str:
    """The task id for a flavor's run of a version and build number, in a project and level.

    Many people make staging releases, each one at a time, so their ids also depend on the push.
    """
    values = parameters.values
    words = [flavor.name, *(str(values[name]) for name in ("version", "build_number"))]
    if any(value and name.startswith(_PARTNERS) for name, value in flavor.parameters.items()):
        words.append(str(values["release_partner_build_number"]))
    if config.release_level(values["project"], values["level"]) != "production":
        words += [str(values[name]) for name in ("head_repository", "head_ref", "head_rev")]
    project = f"{config.trust_domain} {values['project']} level {values['level']}"
    return task_id(f"release of {project}", " ".join(words))
