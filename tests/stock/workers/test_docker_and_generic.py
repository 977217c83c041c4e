from typing import Any

import pytest

from relpro.errors import RelproError
from relpro.transform.section import Refusal
from tests.stock.workers.examples import EXAMPLES
from tests.stock.workers.making import made, payload

DOCKER: dict[str, Any] = {"docker-image": "debian:12", "max-run-time": 60}
GENERIC: dict[str, Any] = {"command": "make", "max-run-time": 60}
SMALLEST = {"linux": DOCKER, "machine": GENERIC}
IMAGE = {"task-reference": "<docker-image>"}


def test_an_in_tree_image_is_a_dependency_and_an_input_of_chain_of_trust() -> None:
    task = made("linux", {**DOCKER, "docker-image": {"in-tree": "builder"}})
    assert task.dependencies == {"build": "build-t", "docker-image": "docker-image-builder"}
    assert task.definition["payload"]["image"] == {
        "type": "task-image",
        "path": "public/image.tar.zst",
        "taskId": IMAGE,
    }
    assert task.definition["extra"]["chainOfTrust"] == {"inputs": {"docker-image": IMAGE}}


def test_inputs_of_chain_of_trust_that_the_task_names_are_kept() -> None:
    task = made(
        "linux",
        {**DOCKER, "docker-image": {"in-tree": "builder"}},
        extra={"chainOfTrust": {"inputs": {"build": {"task-reference": "<build>"}}}},
    )
    inputs = task.definition["extra"]["chainOfTrust"]["inputs"]
    assert inputs == {"build": {"task-reference": "<build>"}, "docker-image": IMAGE}


def test_an_indexed_image_is_no_dependency() -> None:
    task = made("linux", {**DOCKER, "docker-image": {"indexed": "app.v1.x"}})
    assert task.definition["payload"]["image"]["namespace"] == "app.v1.x"
    assert set(task.dependencies) == {"build"}


def test_features_and_env_are_there_even_if_empty() -> None:
    assert payload("linux", DOCKER) == {
        "image": "debian:12",
        "maxRunTime": 60,
        "env": {},
        "features": {},
    }
    assert payload("machine", GENERIC)["features"] == {}
    assert payload("machine", GENERIC)["env"] == {}


@pytest.mark.parametrize(("alias", "worker"), [("linux", DOCKER), ("machine", GENERIC)])
def test_env_is_text_but_for_references(alias: str, worker: dict[str, Any]) -> None:
    reference = {"artifact-reference": "<build/public/a>"}
    env = {"A": 1, "B": True, "C": "c", "D": reference}
    made_env = payload(alias, {**worker, "env": env})["env"]
    assert made_env == {"A": "1", "B": "true", "C": "c", "D": reference}


def test_an_env_of_texts_is_shared_not_copied() -> None:
    env = {"A": "1"}
    assert payload("linux", {**DOCKER, "env": env})["env"] is env


def test_one_line_of_shell_is_run_by_a_shell() -> None:
    assert payload("linux", {**DOCKER, "command": "a && b"})["command"] == [
        "/bin/sh",
        "-ec",
        "a && b",
    ]
    assert payload("machine", {**GENERIC, "command": ["a && b", ["c", "d"]]})["command"] == [
        ["/bin/sh", "-ec", "a && b"],
        ["c", "d"],
    ]


def test_on_windows_a_command_is_one_line() -> None:
    assert payload("windows", GENERIC)["command"] == ["make"]
    with pytest.raises(Refusal, match="one line of text") as caught:
        made("windows", {**GENERIC, "command": [["make", "all"]]})
    assert caught.value.path == ("worker", "command", 0)


def test_caches_belong_to_one_level_and_need_a_scope() -> None:
    caches = [{"name": "checkout", "mount-point": "/builds"}]
    task = made("linux", {**DOCKER, "caches": caches})
    assert task.definition["payload"]["cache"] == {"app-level-3-checkout": "/builds"}
    assert task.definition["scopes"] == ["docker-worker:cache:app-level-3-checkout"]


def test_a_cache_may_be_called_after_a_task() -> None:
    """As the field has it: what one image wrote is not for another."""
    name = {"task-reference": "x-<docker-image>"}
    caches = [{"name": name, "mount-point": "/x"}, {"name": "y", "mount-point": "/y"}]
    task = made("linux", {**DOCKER, "caches": caches})
    named = {"app-level-3-x-<docker-image>": "/x", "app-level-3-y": "/y"}
    assert task.definition["payload"]["cache"] == {"task-reference": named}
    assert task.definition["scopes"] == [f"docker-worker:cache:{cache}" for cache in named]
    mounts = [{"cache-name": {"task-reference": "<build>"}, "directory": "src"}]
    task = made("machine", {**GENERIC, "mounts": mounts})
    (mount,) = task.definition["payload"]["mounts"]
    assert mount["cacheName"] == {"task-reference": "app-level-3-<build>"}
    assert task.definition["scopes"] == ["generic-worker:cache:app-level-3-<build>"]


def test_mounts_of_a_machine_are_named_like_caches() -> None:
    task = made("machine", {**GENERIC, "mounts": [{"cache-name": "src", "directory": "src"}]})
    mounts = task.definition["payload"]["mounts"]
    assert mounts == [{"cacheName": "app-level-3-src", "directory": "src"}]
    assert task.definition["scopes"] == ["generic-worker:cache:app-level-3-src"]


_CONTENT = {"content": {"task": "build", "artifact": "public/a"}}


@pytest.mark.parametrize(
    "mounts",
    [
        [{"cache-name": "a", "directory": "src"}, {"cache-name": "b", "directory": "./src/"}],
        [{"cache-name": "a", "directory": "a/b"}, {"cache-name": "b", "directory": "a\\b"}],
        [{**_CONTENT, "file": "a.zip"}, {**_CONTENT, "file": "./a.zip"}],
    ],
)
def test_no_two_things_are_mounted_at_one_place(mounts: list[dict[str, Any]]) -> None:
    with pytest.raises(Refusal, match="two of `mounts` have"):
        payload("machine", {**GENERIC, "mounts": mounts})


def test_archives_may_be_unpacked_into_one_folder() -> None:
    mounts = [{**_CONTENT, "directory": "src", "format": "zip"}] * 2
    assert len(payload("machine", {**GENERIC, "mounts": mounts})["mounts"]) == len(mounts)


def test_a_mount_may_be_an_artifact_of_an_upstream_task() -> None:
    mount = {"content": {"task": "build", "artifact": "public/a"}, "file": "a"}
    (found,) = payload("machine", {**GENERIC, "mounts": [mount]})["mounts"]
    assert found["content"] == {"artifact": "public/a", "taskId": {"task-reference": "<build>"}}


def test_rights_on_a_machine_are_scopes_of_its_pool() -> None:
    worker = {**GENERIC, "os-groups": ["g"], "run-as-administrator": True}
    assert made("windows", worker).definition["scopes"] == [
        "generic-worker:os-group:app-3/win/g",
        "generic-worker:run-as-administrator:app-3/win",
    ]


@pytest.mark.parametrize(("alias", "worker"), [("linux", DOCKER), ("machine", GENERIC)])
def test_a_secret_is_read_through_the_proxy(alias: str, worker: dict[str, Any]) -> None:
    task = made(alias, {**worker, "secrets": ["project/app/key"]})
    assert task.definition["payload"]["features"] == {"taskclusterProxy": True}
    assert task.definition["scopes"] == ["secrets:get:project/app/key"]


def test_what_a_container_may_do_is_scopes() -> None:
    worker = {**DOCKER, "allow-ptrace": True, "privileged": True, "devices": ["loopback-video"]}
    task = made("linux", worker)
    assert task.definition["payload"]["capabilities"] == {
        "privileged": True,
        "devices": {"loopbackVideo": True},
    }
    assert task.definition["scopes"] == [
        "docker-worker:capability:device:loopbackVideo",
        "docker-worker:capability:privileged",
        "docker-worker:feature:allowPtrace",
    ]


@pytest.mark.parametrize("name", ["docker: an image that another task builds", "generic: lists"])
def test_artifacts_are_declared_and_folders_end_in_a_slash(name: str) -> None:
    alias, worker = next(v for key, v in EXAMPLES.items() if key.startswith(name))
    task = made(alias, worker)
    assert task.artifacts == ("public/build/", "public/log")
    assert task.makes("public/build/target.zip")


def test_an_artifact_expires_with_its_task_unless_it_says_otherwise() -> None:
    artifacts = [
        {"name": "public/a", "path": "/a"},
        {"name": "public/b", "path": "/b", "expires-after": "7 days"},
    ]
    assert payload("linux", {**DOCKER, "artifacts": artifacts})["artifacts"] == {
        "public/a": {"path": "/a", "type": "file"},
        "public/b": {
            "path": "/b",
            "type": "file",
            "expires": {"relative-datestamp": "7 days"},
        },
    }


def test_volumes_are_told_to_the_task() -> None:
    env = payload("linux", {**DOCKER, "volumes": ["/b", "/a"], "env": {"X": "1"}})["env"]
    assert env == {"X": "1", "TASKCLUSTER_VOLUMES": "/a;/b"}


def test_exit_statuses_are_passed_on() -> None:
    worker = {**DOCKER, "retry-exit-status": [4], "purge-caches-exit-status": [72]}
    assert payload("linux", worker)["onExitStatus"] == {"retry": [4], "purgeCaches": [72]}


@pytest.mark.parametrize("alias", ["linux", "machine"])
def test_what_a_transform_gave_wrongly_is_told_as_if_it_were_written(alias: str) -> None:
    wrong = {"env": ["a"], "artifacts": ({"name": "public/a", "path": "a"},)}
    with pytest.raises(RelproError) as caught:
        made(alias, SMALLEST[alias] | wrong)
    (found,) = caught.value.diagnostics
    assert (found.code, found.what) == ("T403", "`env` must be a mapping, got a list")
    assert str(found.where[0]) == "kinds/promote/sign.yml:7:5"


@pytest.mark.parametrize("alias", ["linux", "machine"])
@pytest.mark.parametrize(
    ("value", "what"),
    [(None, "`A` of `env` is nothing, not text"), (["b"], "`A` of `env` is a list, not text")],
)
def test_a_variable_of_the_environment_is_one_word(alias: str, value: Any, what: str) -> None:
    with pytest.raises(Refusal) as caught:
        made(alias, SMALLEST[alias] | {"env": {"A": value}})
    assert (caught.value.what, caught.value.path) == (what, ("worker", "env", "A"))


@pytest.mark.parametrize("alias", ["linux", "machine"])
def test_an_artifact_expires_after_a_duration(alias: str) -> None:
    artifact = {"name": "public/a", "path": "a", "expires-after": "2 fortnights"}
    with pytest.raises(Refusal, match='is rendered to "2 fortnights"'):
        made(alias, SMALLEST[alias] | {"artifacts": [artifact]})
