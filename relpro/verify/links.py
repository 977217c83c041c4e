"""Takes a task body, gives why Chain of Trust would refuse the task as a link of a chain.

Source: scriptworker, which follows all inputs of a release task, and runs the task only if each
link has a form that it can verify.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import Body, Rule, place_of, upstream_artifacts

#: The types of links: the suffix of a `taskType`, and of a key in `chainOfTrust.inputs`.
LINK_TYPES = (
    "action",
    "balrog",
    "beetmover",
    "bouncer",
    "build",
    "decision",
    "docker-image",
    "l10n",
    "partials",
    "pushapk",
    "repackage",
    "scriptworker",
    "shipit",
    "signing",
)

_IMPLEMENTATIONS = ("docker-worker", "generic-worker", "scriptworker")
_SCRIPTWORKER_PROVISIONERS = ("scriptworker-prov-v1", "scriptworker-k8s")


def upstream_is_of_a_known_type(body: Body) -> Iterator[str]:
    """Each `taskType` and each chain-of-trust input ends in one of the 14 types of links."""
    for index, item in upstream_artifacts(body):
        if not _is_link_type(name := item.get("taskType")):
            place = f"`{place_of(index)}.taskType`"
            yield f"{place} is `{name}`, which does not end in one of {listed(LINK_TYPES)}"
    for name in _inputs(body):
        if not _is_link_type(name):
            place = "a key of `extra.chainOfTrust.inputs`"
            yield f"{place} is `{name}`, which does not end in one of {listed(LINK_TYPES)}"


def _is_link_type(name: object) -> bool:
    return str(name).rpartition(":")[2] in LINK_TYPES


def implementation_is_evident(body: Body) -> Iterator[str]:
    """All hints at the worker implementation agree, and there is at least one."""
    hints = tuple(dict.fromkeys(_hints(body)))
    if not hints:
        yield "nothing hints at the worker implementation: tag `worker-implementation` is missing"
    elif len(hints) > 1:
        yield f"the hints at the worker implementation differ: {listed(hints)}"
    elif hints[0] not in _IMPLEMENTATIONS:
        wanted = listed(_IMPLEMENTATIONS)
        yield f"`tags.worker-implementation` is `{hints[0]}`, not one of {wanted}"


def implementation(body: Body) -> str:
    """The worker implementation of a body, if all hints agree."""
    return next(_hints(body))


def refused_as_link(body: Body) -> Iterator[str]:
    """Everything for which Chain of Trust refuses a body as a link."""
    refused = [*implementation_is_evident(body), *upstream_is_of_a_known_type(body)]
    yield from refused
    for rule in () if refused else OF_IMPLEMENTATION.get(implementation(body), ()):
        yield from rule(body)


def _hints(body: Body) -> Iterator[str]:
    payload = body["payload"]
    if tag := body.get("tags", {}).get("worker-implementation"):
        yield tag
    if payload.get("image"):
        yield "docker-worker"
    if _provisioner(body) in _SCRIPTWORKER_PROVISIONERS:
        yield "scriptworker"
    if payload.get("mounts") or payload.get("osGroups"):
        yield "generic-worker"
    for scope in body.get("scopes", ()):
        if scope.startswith("docker-worker:"):
            yield "docker-worker"


def _provisioner(body: Body) -> str:
    provisioner: str = body.get("provisionerId") or body.get("taskQueueId", "").partition("/")[0]
    return provisioner


def docker_payload_can_be_checked(body: Body) -> Iterator[str]:
    """A docker task has `features` and `env`, even if empty, and allows no interactive access."""
    payload = body["payload"]
    for key in ("features", "env"):
        if key not in payload:
            yield f"`payload` lacks `{key}`, which may be empty"
    if payload.get("features", {}).get("interactive"):
        yield "`payload.features.interactive` is on"
    if "TASKCLUSTER_INTERACTIVE" in payload.get("env", {}):
        yield "`payload.env.TASKCLUSTER_INTERACTIVE` is set"


def image_is_an_input(body: Body) -> Iterator[str]:
    """An image made by another task is the `docker-image` among the chain-of-trust inputs."""
    image = body["payload"].get("image")
    if not isinstance(image, Mapping) or image["type"] != "task-image":
        return
    named = _inputs(body).get("docker-image")
    if named != image["taskId"]:
        found = f"is `{named}`" if named else "is missing"
        yield (
            f"`extra.chainOfTrust.inputs.docker-image` {found};"
            f" `payload.image.taskId` is `{image['taskId']}`"
        )


def generic_payload_can_be_checked(body: Body) -> Iterator[str]:
    """A generic-worker task allows no interactive access."""
    payload = body["payload"]
    if payload.get("rdpInfo"):
        yield "`payload.rdpInfo` is set"
    if payload.get("features", {}).get("interactive"):
        yield "`payload.features.interactive` is on"
    for scope in body.get("scopes", ()):
        if scope.startswith("generic-worker:allow-rdp:"):
            yield f"scope `{scope}` is held"


def _inputs(body: Body) -> Mapping[str, Any]:
    trust = body.get("extra", {}).get("chainOfTrust")
    inputs = trust.get("inputs") if isinstance(trust, Mapping) else None
    return inputs if isinstance(inputs, Mapping) else {}


#: Worker implementation -> rules for its tasks, beyond those for all.
OF_IMPLEMENTATION: Mapping[str, tuple[Rule, ...]] = {
    "docker-worker": (docker_payload_can_be_checked, image_is_an_input),
    "generic-worker": (generic_payload_can_be_checked,),
}
