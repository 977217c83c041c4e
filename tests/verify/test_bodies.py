import subprocess
import sys
from collections.abc import Iterator

import pytest

from relpro.errors import Diagnostic, Origin
from relpro.testing.factories import make_task
from relpro.verify.bodies import check_body, queue_and_workers_accept_every_body
from relpro.verify.links import LINK_TYPES
from tests.verify import bodies as b
from tests.verify.bodies import (
    GONE,
    IMAGE,
    UPSTREAM,
    VALID,
    Cases,
    changed,
    with_scopes,
)

TYPES = ", ".join(f"`{name}`" for name in LINK_TYPES)

BROKEN: Cases = {
    "a worker type in capitals": (
        "succeed",
        changed(b.SUCCEED, "workerType", "Succeed"),
        '`workerType` is `"Succeed"`, which does not match `^[a-z]([-a-z0-9]{0,36}[a-z0-9])?$`',
    ),
    "a worker type of 39 characters": (
        "succeed",
        changed(b.SUCCEED, "workerType", "a" * 39),
        (
            f'`workerType` is `"{"a" * 39}"`, which does not match'
            " `^[a-z]([-a-z0-9]{0,36}[a-z0-9])?$`"
        ),
    ),
    "no task queue": (
        "succeed",
        changed(b.SUCCEED, "workerType", GONE),
        "the task lacks `provisionerId` and `workerType`",
    ),
    "an unknown key": (
        "succeed",
        changed(b.SUCCEED, "label", "x"),
        "the task has keys that nothing reads: `label`",
    ),
    "a dependency that is a label": (
        "succeed",
        changed(b.SUCCEED, "dependencies", 0, "build-linux"),
        (
            '`dependencies[0]` is `"build-linux"`, which does not match'
            " `^[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]$`"
        ),
    ),
    "a date still relative": (
        "succeed",
        changed(b.SUCCEED, "deadline", "1 day"),
        '`deadline` is `"1 day"`, not a `date-time`',
    ),
    "an unknown priority": (
        "succeed",
        changed(b.SUCCEED, "priority", "urgent"),
        (
            '`priority` is `"urgent"`, not one of `highest`, `very-high`, `high`, `medium`, `low`,'
            " `very-low`, `lowest`"
        ),
    ),
    "too many retries": (
        "succeed",
        changed(b.SUCCEED, "retries", 50),
        "`retries` is `50`, more than `49`",
    ),
    "a route twice": (
        "succeed",
        changed(b.SUCCEED, "routes", ["a", "a"]),
        '`routes` holds `"a"` twice',
    ),
    "no description": (
        "succeed",
        changed(b.SUCCEED, "metadata", "description", GONE),
        "`metadata` lacks `description`",
    ),
    "a payload for nothing": (
        "succeed",
        changed(b.SUCCEED, "payload", "command", ["true"]),
        "`payload` must be empty: built-in/succeed runs nothing",
    ),
    "no image path": (
        "docker-worker",
        changed(b.DOCKER, "payload", "image", "path", GONE),
        "`payload.image` lacks `path`",
    ),
    "an image that is a number": (
        "docker-worker",
        changed(b.DOCKER, "payload", "image", 7),
        "`payload.image` is `7`, not of type `string`",
    ),
    "a run time in words": (
        "docker-worker",
        changed(b.DOCKER, "payload", "maxRunTime", "3600"),
        '`payload.maxRunTime` is `"3600"`, not of type `integer`',
    ),
    "an artifact without a path": (
        "docker-worker",
        changed(b.DOCKER, "payload", "artifacts", {"public/a.zip": {"type": "file"}}),
        '`payload.artifacts["public/a.zip"]` lacks `path`',
    ),
    "no features": (
        "docker-worker",
        changed(b.DOCKER, "payload", "features", GONE),
        "`payload` lacks `features`, which may be empty",
    ),
    "no env": (
        "docker-worker",
        changed(b.DOCKER, "payload", "env", GONE),
        "`payload` lacks `env`, which may be empty",
    ),
    "an interactive task": (
        "docker-worker",
        changed(b.DOCKER, "payload", "features", "interactive", True),
        "`payload.features.interactive` is on",
    ),
    "an interactive task by its env": (
        "docker-worker",
        changed(b.DOCKER, "payload", "env", "TASKCLUSTER_INTERACTIVE", "1"),
        "`payload.env.TASKCLUSTER_INTERACTIVE` is set",
    ),
    "an image that is no input": (
        "docker-worker",
        changed(b.DOCKER, "extra", {}),
        f"`extra.chainOfTrust.inputs.docker-image` is missing; `payload.image.taskId` is `{IMAGE}`",
    ),
    "an image that is another input": (
        "docker-worker",
        changed(b.DOCKER, "extra", "chainOfTrust", "inputs", "docker-image", UPSTREAM),
        (
            f"`extra.chainOfTrust.inputs.docker-image` is `{UPSTREAM}`;"
            f" `payload.image.taskId` is `{IMAGE}`"
        ),
    ),
    "an input of an unknown type": (
        "docker-worker",
        changed(b.DOCKER, "extra", "chainOfTrust", "inputs", "toolchain", UPSTREAM),
        (
            "a key of `extra.chainOfTrust.inputs` is `toolchain`,"
            f" which does not end in one of {TYPES}"
        ),
    ),
    "tagged as another worker": (
        "docker-worker",
        changed(b.DOCKER, "tags", "worker-implementation", "generic-worker"),
        "the hints at the worker implementation differ: `generic-worker`, `docker-worker`",
    ),
    "posix commands that are lines": (
        "generic-worker",
        changed(b.GENERIC, "payload", "command", ["make all"]),
        '`payload.command[0]` is `"make all"`, not of type `array`',
    ),
    "windows commands that are lists": (
        "generic-worker",
        changed(b.WINDOWS, "payload", "command", [["make", "all"]]),
        '`payload.command[0]` is `["make", "all"]`, not of type `string`',
    ),
    "artifacts as a mapping": (
        "generic-worker",
        changed(b.GENERIC, "payload", "artifacts", {}),
        "`payload.artifacts` is `{}`, not of type `array`",
    ),
    "no tag and no mounts": (
        "generic-worker",
        changed(b.GENERIC, "tags", {}),
        "nothing hints at the worker implementation: tag `worker-implementation` is missing",
    ),
    "remote desktop": (
        "generic-worker",
        changed(b.WINDOWS, "payload", "rdpInfo", "login/rdp.json"),
        "`payload.rdpInfo` is set",
    ),
    "an interactive session": (
        "generic-worker",
        changed(b.GENERIC, "payload", "features", "interactive", True),
        "`payload.features.interactive` is on",
    ),
    "groups of another worker": (
        "generic-worker",
        changed(
            changed(b.GENERIC, "payload", "osGroups", ["docker"]),
            "tags",
            "worker-implementation",
            "docker-worker",
        ),
        "the hints at the worker implementation differ: `docker-worker`, `generic-worker`",
    ),
    "the scope for remote desktop": (
        "generic-worker",
        with_scopes(b.WINDOWS, "generic-worker:allow-rdp:app-3/b-win2022"),
        "scope `generic-worker:allow-rdp:app-3/b-win2022` is held",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_the_queue_or_a_worker_refuses_is_the_one_thing_said(case: str) -> None:
    implementation, body, text = BROKEN[case]
    assert list(check_body(implementation, body)) == [text]


@pytest.mark.parametrize("case", VALID)
def test_a_body_that_its_consumers_accept_has_no_problem(case: str) -> None:
    implementation, body = VALID[case]
    assert list(check_body(implementation, body)) == []


def test_every_problem_of_a_payload_is_said_at_once() -> None:
    body = changed(changed(b.DOCKER, "payload", "maxRunTime", 0), "payload", "image", GONE)
    assert sorted(check_body("docker-worker", body)) == [
        "`payload.maxRunTime` is `0`, less than `1`",
        "`payload` lacks `image`",
    ]


def test_a_diagnostic_names_the_task_and_the_place_it_was_written() -> None:
    origin = Origin("kinds/ship/ship-it.yml", 12)
    body = changed(b.SHIPPED, "payload", {})
    tasks = [
        make_task("good", definition=b.SHIPPED, implementation="scriptworker-shipit"),
        make_task("ship-it", definition=body, implementation="scriptworker-shipit", origin=origin),
    ]
    assert [found for task in tasks for found in queue_and_workers_accept_every_body(task)] == [
        Diagnostic("G311", "task `ship-it`: `payload` lacks `release_name`", (origin,))
    ]


def test_a_schema_is_compiled_only_when_a_body_needs_it() -> None:
    code = (
        "from relpro.schemas import validator;"
        "import relpro.verify.bodies;"
        "assert validator.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


ANYTHING: tuple[object, ...] = (None, 7, "", "x", [], ["x"], [{}], {}, {"x": {}})


def paths(value: object, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """The way to every value inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else inner:
        yield (*above, key)
        yield from paths(item, *above, key)


@pytest.mark.parametrize("case", VALID)
def test_a_value_of_any_type_anywhere_is_judged_without_a_failure(case: str) -> None:
    implementation, body = VALID[case]
    for path in paths(body):
        for value in ANYTHING:
            assert all(check_body(implementation, changed(body, *path, value)))


@pytest.mark.parametrize("value", ANYTHING)
def test_upstream_artifacts_that_no_schema_speaks_of_are_judged_without_a_failure(
    value: object,
) -> None:
    body = changed(b.TREE, "payload", "upstreamArtifacts", value)
    assert all("taskType" in text for text in check_body("scriptworker-tree", body))
