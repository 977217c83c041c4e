"""Takes a rule and tasks, gives what the rule finds: the way in for tests of rules."""

import attrs

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.policy import Policy
from relpro.model.task import Json, Task
from relpro.testing.factories import NO_POLICY, make_config, make_parameters, make_task
from relpro.verify.rules import Rule


@attrs.frozen
class At:
    """Where a graph is made: `real` projects make releases at level 3."""

    project: str = "trunk"
    level: str = "1"
    parameters: dict[str, Json] = attrs.field(factory=dict)


REAL = At("real", "3")
TRY = At("trunk", "1")


def find(
    rule: Rule,
    *tasks: Task,
    policy: Policy = NO_POLICY,
    at: At = REAL,
    external: tuple[str, ...] = (),
) -> list[Diagnostic]:
    """Everything that `rule` finds in the graph of `tasks`."""
    graph = TaskGraph.build(tasks, external)
    parameters = make_parameters(project=at.project, level=at.level, **at.parameters)
    return list(rule(graph, parameters, make_config(release_branches=("real",), policy=policy)))


def told(found: list[Diagnostic]) -> list[str]:
    """The code and words of each."""
    return [f"{diagnostic.code}: {diagnostic.what}" for diagnostic in found]


def reader(
    label: str, upstream: str, *paths: str, scopes: tuple[str, ...] = (), **more: Json
) -> Task:
    """A scriptworker task that reads `paths` of the task `upstream`; beetmover unless said."""
    items = [{"taskId": {"task-reference": f"<{upstream}>"}, "paths": [*paths]}]
    return make_task(
        label,
        upstream,
        implementation=more.pop("implementation", "scriptworker-beetmover"),
        definition={"payload": {"upstreamArtifacts": items}, "scopes": [*scopes]},
        **more,
    )


def builder(label: str, *needs: str, chain_of_trust: bool = True, **more: Json) -> Task:
    """A docker-worker task."""
    features = {"chainOfTrust": True} if chain_of_trust else {}
    return make_task(
        label,
        *needs,
        implementation="docker-worker",
        definition={"payload": {"features": features}, **more.pop("definition", {})},
        **more,
    )
