"""Takes a flavor and the parameters of a release, gives the task id that only one group can have.

A release is promoted, pushed and shipped once. Two who ask for it at the same moment both mean to
create a task of this id, and the queue takes it from one of them.
"""

from relpro.graph.taskids import task_id
from relpro.model.config import Flavor, GraphConfig
from relpro.model.parameters import Parameters

#: Of partner builds there are several attempts at one release.
_PARTNERS = "release_enable_partner"


def release_id(flavor: Flavor, parameters: Parameters, config: GraphConfig) -> str:
    """The id for a flavor's run of a version and build number, of a project and level.

    Staging releases, of which many people make one at a time, are told apart by push.
    """
    values = parameters.values
    words = [flavor.name, *(str(values[name]) for name in ("version", "build_number"))]
    if any(value and name.startswith(_PARTNERS) for name, value in flavor.parameters.items()):
        words.append(str(values["release_partner_build_number"]))
    if config.release_level(values["project"], values["level"]) != "production":
        words += [str(values[name]) for name in ("head_repository", "head_ref", "head_rev")]
    project = f"{config.trust_domain} {values['project']} level {values['level']}"
    return task_id(f"release of {project}", " ".join(words))
