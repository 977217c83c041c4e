"""Images and tasks in them, by a real Podman; where none works, these tests are skipped."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster
from relpro.workers import Outcome
from relpro.workers.containers import Engine, find_engine
from relpro.workers.keys import Keys
from relpro.workers.placing import Containers
from relpro.workers.rehearsal import Rehearsal
from relpro.workers.services import Services
from tests.local_workers.podman import PROGRAMS, Podman, podman_in, root_of
from tests.local_workers.test_images import FILES, at, built, project
from tests.local_workers.test_worker import Bench, service
from tests.scripts.conftest import keys

__all__ = ["at", "keys", "project", "service"]

Run = Callable[..., Any]

IMAGE = "public/image.tar.zst"
CACHE = "docker-worker:cache:c"

#: What a task does in its container, and what it publishes.
SCRIPT = (
    "echo x >> /builds/worker/c/a; cp /builds/worker/c/a /builds/worker/a; id -u; echo $A;"
    "mkdir -p /builds/all/deep; env > /builds/all/deep/env; ln -s /etc/passwd /builds/all/link;"
    "test -t 1; exit $STATUS"
)
ARTIFACTS = {
    "public/a": {"path": "/builds/worker/a", "type": "file"},
    "public/all": {"path": "/builds/all", "type": "directory"},
    "public/none": {"path": "/none", "type": "file"},
}


@pytest.fixture(scope="module")
def _podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podman]:
    made = podman_in(tmp_path_factory.mktemp("podman"))
    yield made
    made("system", "reset", "--force")


@pytest.fixture
def podman(_podman: Podman, monkeypatch: pytest.MonkeyPatch) -> Podman:
    """The Podman that this process finds, too."""
    for name, value in _podman.env.items():
        monkeypatch.setenv(name, value)
    return _podman


@pytest.fixture
def engine(podman: Podman) -> Engine:
    found = find_engine()
    assert found is not None
    return found


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def bench(
    service: EmbeddedTaskcluster, tmp_path: Path, engine: Engine, told: list[str]
) -> Iterator[Bench]:
    made = Bench(service, tmp_path / "worker", Containers(engine), told.append)
    with made.worker:
        yield made


def ended(bench: Bench, task_id: str) -> Outcome:
    return next(one for one in bench.worker.work(until_idle=True) if one.task_id == task_id)


def inside(bench: Bench, script: str, *scopes: str, **payload: Any) -> Outcome:
    """How a task ended that runs a script in the image `tiny:1`."""
    whole = {"image": "localhost/tiny:1", "command": ["sh", "-euc", script], **payload}
    return ended(bench, bench.create(*scopes, **whole))


def image_task(bench: Bench, packed: bytes, **payload: Any) -> str:
    """The id of a task that has published an image, with its statement."""
    file = bench.folder.parent / "image.tar.zst"
    file.write_bytes(packed)
    artifact = {"name": IMAGE, "path": "image.tar.zst", "type": "file"}
    features = {"features": {"chainOfTrust": True}}
    whole = {"artifacts": [artifact], **features, **payload}
    return bench.run(f"cp {file} image.tar.zst", **whole).task_id


def test_a_task_runs_in_the_image_that_another_task_has_built(
    bench: Bench, podman: Podman, told: list[str]
) -> None:
    made = image_task(bench, podman.packed("localhost/tiny:1"))
    whole = {
        "image": {"type": "task-image", "taskId": made, "path": IMAGE},
        "command": ["sh", "-euc", SCRIPT],
        "cache": {"c": "/builds/worker/c"},
        "artifacts": ARTIFACTS,
        "features": {"chainOfTrust": True},
    }
    first, second, third = (
        ended(bench, bench.create(CACHE, env={"A": "b c", "STATUS": status}, **whole, **more))
        for status, more in (
            ("0", {}),
            ("7", {"onExitStatus": {"purgeCaches": [7]}}),
            ("0", {}),
        )
    )

    assert bench.runs(first) == [("completed", "completed")], bench.log(first)
    assert bench.said(first) == ["0", "b c"]
    assert (second.end.state, second.end.why) == ("failed", "exit status 7, caches are purged")
    contents = [bench.content(one, "public/a") for one in (first, second, third)]
    assert contents == [b"x\n", b"x\nx\n", b"x\n"]
    env = (bench.content(first, "public/all/deep/env") or b"").decode().splitlines()
    assert {f"TASK_ID={first.task_id}", "RUN_ID=0", "A=b c"} <= {*env}
    assert f"TASKCLUSTER_ROOT_URL={bench.service.root_url}" in env
    assert bench.content(first, "public/all/link") is None
    assert "nothing to publish is at `/none`" in bench.log(first)
    image, own = (
        orjson.loads(bench.service.content(one, "public/chain-of-trust.json") or b"")
        for one in (made, first.task_id)
    )
    digest = image["artifacts"][IMAGE]["sha256"]
    assert own["environment"] == {"imageArtifactHash": f"sha256:{digest}"}
    assert (
        f"relpro-image:{digest}"
        in podman("images", "--format", "{{.Repository}}:{{.Tag}}").decode()
    )
    assert (podman.containers(), told[-1]) == ([], str(third))


def test_an_image_that_is_not_as_its_task_has_stated_is_not_loaded(
    bench: Bench, podman: Podman
) -> None:
    made = image_task(bench, podman.packed("localhost/tiny:1"))
    stated = bench.service.content(made, "public/chain-of-trust.json") or b""
    said = orjson.loads(stated)
    said["artifacts"][IMAGE]["sha256"] = "0" * 64
    (bench.folder.parent / "said.json").write_bytes(orjson.dumps(said))
    statement = {"name": "public/chain-of-trust.json", "path": "said.json", "type": "file"}
    image = {"name": IMAGE, "path": "image.tar.zst", "type": "file"}
    copy = f"cp {bench.folder.parent}/image.tar.zst {bench.folder.parent}/said.json ."
    other = bench.run(copy, artifacts=[image, statement])

    refused = inside(
        bench, "true", image={"type": "task-image", "taskId": other.task_id, "path": IMAGE}
    )

    assert bench.runs(refused) == [("exception", "malformed-payload")]
    assert "the Chain of Trust of the image does not hold" in bench.log(refused)


def test_with_keys_an_image_is_loaded_only_if_its_worker_has_signed(
    bench: Bench, engine: Engine, podman: Podman, keys: Keys, tmp_path: Path
) -> None:
    rehearsal = Rehearsal.of(Services(keys.folder))
    signing = Bench(bench.service, tmp_path / "signing", Containers(engine), rehearsal=rehearsal)
    packed = podman.packed("localhost/tiny:1")
    with signing.worker:
        outcomes = [
            inside(signing, "true", image={"type": "task-image", "taskId": made, "path": IMAGE})
            for made in (image_task(one, packed) for one in (bench, signing))
        ]
    assert [one.end.state for one in outcomes] == ["malformed-payload", "completed"]
    assert "has no artifact `public/chain-of-trust.json.sig`" in signing.log(outcomes[0])


def test_an_image_of_the_index_is_found(bench: Bench, podman: Podman) -> None:
    made = image_task(bench, podman.packed("localhost/tiny:1"))
    index = {"taskId": made, "rank": 1, "data": {}, "expires": taskcluster.fromNowJSON("1 day")}
    taskcluster.Index(bench.service.options()).insertTask("images.tiny", index)
    image = {"type": "indexed-image", "namespace": "images.tiny", "path": IMAGE}
    outcome = inside(bench, "cat /etc/passwd", image=image)
    assert bench.said(outcome)[0] == "root:x:0:0::/root:/bin/sh", bench.log(outcome)


def test_a_task_that_takes_too_long_is_removed_with_its_container(
    bench: Bench, podman: Podman
) -> None:
    files = {"public/a": {"path": "/builds/worker/a", "type": "file"}}
    script = "echo began; touch /builds/worker/a; trap '' TERM; while :; do sleep 1; done"
    outcome = inside(bench, script, maxRunTime=3, artifacts=files)
    assert bench.runs(outcome) == [("failed", "failed")]
    assert bench.said(outcome) == ["began"]
    assert "longer than 3 seconds" in bench.log(outcome)
    assert (bench.content(outcome, "public/a"), podman.containers()) == (None, [])


def test_a_program_that_an_image_lacks_fails_the_task_and_a_status_can_repeat_it(
    bench: Bench,
) -> None:
    task_id = bench.create(image="localhost/tiny:1", command=["/no/such/program"])
    outcome = ended(bench, task_id)
    assert bench.runs(outcome) == [("failed", "failed")]
    assert "/no/such/program" in "\n".join(bench.said(outcome))
    again = inside(bench, 'exit "$((4 - 4 * RUN_ID))"', onExitStatus={"retry": [4]})
    assert bench.runs(again) == [("exception", "intermittent-task"), ("completed", "completed")]


def test_the_image_says_what_is_run_if_the_task_does_not(bench: Bench, podman: Podman) -> None:
    words = ("--change", 'CMD ["sh","-c","echo of the image"]', "-", "localhost/says:1")
    podman("import", *words, given=root_of())
    outcome = ended(bench, bench.create(image={"type": "docker-image", "name": "localhost/says:1"}))
    assert bench.said(outcome) == ["of the image"]


def test_a_task_reaches_taskcluster_from_its_container(bench: Bench) -> None:
    taskcluster.Secrets(bench.service.options()).set(
        "mine", {"secret": {"a": "b"}, "expires": taskcluster.fromNowJSON("1 day")}
    )
    script = "wget -qO- $TASKCLUSTER_PROXY_URL/api/secrets/v1/secret/mine; echo"
    features = {"features": {"taskclusterProxy": True}}
    outcome = inside(bench, script, "secrets:get:mine", **features)
    assert orjson.loads("".join(bench.said(outcome)))["secret"] == {"a": "b"}


def test_an_image_that_is_not_to_be_had_leaves_its_task_a_process(
    bench: Bench, told: list[str], engine: Engine, service: EmbeddedTaskcluster
) -> None:
    outcomes = [inside(bench, "echo ran", image="no/such:1") for _ in range(2)]
    why = "podman does not have image `no/such:1`"
    assert [bench.said(one) for one in outcomes] == [["ran"]] * 2
    assert f"differs: image no/such:1 is not used: {why}" in bench.log(outcomes[1])
    assert [line for line in told if why in line] == [
        f"tasks of docker-worker run as processes: {why}"
    ]

    strict = Bench(service, bench.folder.parent / "strict", Containers(engine, are_demanded=True))
    with strict.worker:
        outcome = inside(strict, "true", image="no/such:1")
    assert outcome.end.state == "resource-unavailable"
    assert why in strict.log(outcome)


def test_a_privileged_container_is_refused_unless_asked_for(
    bench: Bench, engine: Engine, service: EmbeddedTaskcluster
) -> None:
    payload = {"capabilities": {"privileged": True}}
    scope = "docker-worker:capability:privileged"
    outcome = inside(bench, "true", scope, **payload)
    assert outcome.end.state == "resource-unavailable"
    assert "no `privileged`: see `--privileged`" in bench.log(outcome)

    containers = Containers(engine, may_be_privileged=True)
    allowed = Bench(service, bench.folder.parent / "allowed", containers)
    with allowed.worker:
        script = "cat /proc/self/status"
        usual, more = (
            next(line for line in allowed.said(one) if line.startswith("CapBnd:"))
            for one in (inside(allowed, script), inside(allowed, script, scope, **payload))
        )
    assert int(usual.split()[1], 16) < int(more.split()[1], 16)


def test_a_task_that_is_cancelled_leaves_no_container(bench: Bench, podman: Podman) -> None:
    task_id = bench.create(image="localhost/tiny:1", command=["sleep", "60"])
    threading.Timer(3, bench.worker.shut_down).start()
    outcome = ended(bench, task_id)
    assert bench.runs(outcome)[0] == ("exception", "worker-shutdown")
    assert podman.containers() == []


def test_the_command_runs_tasks_in_images_and_removes_what_a_killed_worker_left(
    bench: Bench, podman: Podman, tmp_path: Path
) -> None:
    words = [sys.executable, "-m", "relpro", "worker", "p/w", "--folder", str(tmp_path / "other")]
    env = {**os.environ, **bench.service.environment()}
    bench.create(image="localhost/tiny:1", command=["sleep", "600"])
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE) as process:
        while not podman.containers():
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    assert len(podman.containers()) == 1

    task_id = bench.create(image="localhost/tiny:1", command=["cat", "/etc/group"])
    more = ["--until-idle", "--containers", "always"]
    done = subprocess.run([*words, *more], env=env, capture_output=True, text=True, check=True)

    assert f"{task_id} build: completed" in done.stdout, done.stdout
    assert b"worker:x:1000:" in (
        bench.service.content(task_id, "public/logs/live_backing.log") or b""
    )
    assert podman.containers() == []


DOCKERFILES = {
    "docker/base/Dockerfile": "FROM localhost/tiny:1\n",
    "docker/builder/Dockerfile": "# %ARG COMPILER\nARG DOCKER_IMAGE_PARENT\n"
    "FROM $DOCKER_IMAGE_PARENT\nRUN echo $COMPILER > /compiler\n",
}


def test_an_image_is_built_after_its_parent(at: Run, podman: Podman, project: Path) -> None:
    for name, text in DOCKERFILES.items():
        (project / name).write_text(text)
    ran = at("image", "build", "builder")
    assert ran.code == 0, ran.err
    words = ("run", "--rm", "--network", "host", "builder:latest", "cat", "/compiler")
    assert podman(*words) == b"gcc\n"


def test_a_task_runs_by_hand_in_the_image_that_a_task_has_built(
    at: Run,
    podman: Podman,
    project: Path,
    service: EmbeddedTaskcluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if missing := [program for program in PROGRAMS if not Path(program).exists()]:
        pytest.skip(f"no {missing[0]} here, of which an image could be made")
    podman("import", "-", "localhost/full:1", given=root_of(*PROGRAMS))
    for name, value in service.environment().items():
        monkeypatch.setenv(name, value)
    (project / "kinds/build/build.yml").write_text(
        FILES["kinds/build/build.yml"].replace(
            "make all", "mkdir ../../artifacts && cp w.txt ../../artifacts/w.zip && exit 7"
        )
    )
    ran = at(
        "image",
        "load",
        "builder",
        "--task-id",
        built(service, content=podman("save", "localhost/full:1")),
    )
    assert (ran.code, ran.out) == (0, "builder:latest\n"), ran.err

    ran = at("run", "build-widget", "--folder", str(tmp_path / "folder"))

    assert ran.code == 7, ran.err
    assert (tmp_path / "folder/artifacts/w.zip").read_text() == "a widget\n"
    assert podman.containers() == []
