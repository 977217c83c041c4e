"""What a worker does with the payloads that it gets, and what becomes of their runs."""

import base64
import gzip
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import slugid
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Fault, Settings
from relpro.embedded.faults import Kind
from relpro.errors import RelproError
from relpro.submit.access import Access, Credentials
from relpro.submit.connection import Connection
from relpro.workers import LocalWorker, Outcome, Seat
from relpro.workers.placing import NO_CONTAINERS, Containers
from relpro.workers.rehearsal import Rehearsal
from tests.embedded.bodies import definition
from tests.local_workers.desk import archive
from tests.run_task.servers import Files, serving

QUEUE = "p/w"


@pytest.fixture
def service() -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once(claim_wait=0.1)) as made:
        yield made


Run = Callable[..., Outcome]


class Bench:
    """A queue with one worker, and payloads to try on it."""

    def __init__(
        self,
        service: EmbeddedTaskcluster,
        folder: Path,
        containers: Containers = NO_CONTAINERS,
        tell: Callable[[str], object] = str,
        rehearsal: Rehearsal | None = None,
    ) -> None:
        self.service = service
        who = service.root_credentials
        held = Credentials(who["clientId"], who["accessToken"])
        seat = Seat(Connection(Access(service.root_url, held)), QUEUE)
        self.seat = seat
        self.worker = LocalWorker(
            seat, folder, tell=tell, rehearsal=rehearsal, containers=containers
        )
        self.folder = folder

    def create(self, *scopes: str, **payload: Any) -> str:
        """Create a task with a payload; gives its id."""
        task_id = str(slugid.nice())
        whole = {"maxRunTime": 60, **payload}
        implementation = "docker-worker" if "image" in payload else "generic-worker"
        body = definition(
            self.service,
            taskQueueId=QUEUE,
            payload=whole,
            scopes=list(scopes),
            tags={"worker-implementation": implementation},
            retries=1,
        )
        taskcluster.Queue(self.service.options()).createTask(task_id, body)
        return task_id

    def run(self, script: str, *scopes: str, **payload: Any) -> Outcome:
        """Run a script of the shell as a task; gives how its first run ended."""
        task_id = self.create(*scopes, command=[["sh", "-euc", script]], **payload)
        return next(one for one in self.worker.work(until_idle=True) if one.task_id == task_id)

    def log(self, outcome: Outcome) -> str:
        content = self.content(outcome, "public/logs/live_backing.log")
        assert content is not None
        return content.decode()

    def said(self, outcome: Outcome) -> list[str]:
        """What the commands of a task wrote."""
        return [line for line in self.log(outcome).splitlines() if "[taskcluster " not in line]

    def content(self, outcome: Outcome, name: str) -> bytes | None:
        return self.service.content(outcome.task_id, name, outcome.run_id)

    def runs(self, outcome: Outcome) -> list[tuple[str, str]]:
        """(state, reason) of every run of a task, as the queue has them."""
        runs = self.service.status(outcome.task_id)["runs"]
        return [(run["state"], run.get("reasonResolved", "")) for run in runs]


@pytest.fixture
def bench(service: EmbeddedTaskcluster, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(service, tmp_path / "worker")
    with made.worker:
        yield made


def test_commands_run_in_a_folder_of_their_own_with_what_the_payload_says(bench: Bench) -> None:
    script = 'test "$PWD" = "$TASK_WORKDIR" && echo "$A" && ls -A && echo "$TASK_ID $RUN_ID"'
    outcome = bench.run(script, env={"A": "b c"})
    assert bench.said(outcome) == ["b c", f"{outcome.task_id} 0"]
    assert bench.runs(outcome) == [("completed", "completed")]
    assert not any((bench.folder / "tasks").iterdir())


def test_tasks_know_nothing_of_the_worker(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKCLUSTER_ACCESS_TOKEN", "of the worker")
    outcome = bench.run("env; id -u")
    lines = bench.said(outcome)
    assert not any("of the worker" in line for line in lines)
    assert lines[-1] != "0"


def test_the_first_command_that_fails_is_the_last(bench: Bench) -> None:
    task_id = bench.create(command=[["sh", "-c", "echo one"], ["false"], ["echo", "three"]])
    (outcome,) = bench.worker.work(until_idle=True)
    assert (outcome.task_id, outcome.end.state) == (task_id, "failed")
    assert bench.said(outcome) == ["one"]
    assert bench.runs(outcome) == [("failed", "failed")]


def test_a_program_that_is_not_there_fails_the_task(bench: Bench) -> None:
    outcome = bench.run("no-such-program")
    assert outcome.end.state == "failed"
    assert "exit status 127" in bench.log(outcome)


def test_an_intermittent_failure_is_tried_again(bench: Bench) -> None:
    outcome = bench.run('exit "$((4 - 4 * RUN_ID))"', onExitStatus={"retry": [4]})
    assert bench.runs(outcome) == [
        ("exception", "intermittent-task"),
        ("completed", "completed"),
    ]


CACHE = {"mounts": [{"cacheName": "c", "directory": "kept/c"}]}
SCOPE = "generic-worker:cache:c"


def test_a_cache_is_found_by_the_next_task_until_it_is_purged(bench: Bench) -> None:
    script = 'echo "$TASK_ID" >> kept/c/all; wc -l < kept/c/all | tr -d " "'
    purging = {**CACHE, "onExitStatus": {"purgeCaches": [72]}}

    assert bench.said(bench.run(script, SCOPE, **CACHE)) == ["1"]
    assert bench.said(bench.run(f"{script}; exit 72", SCOPE, **purging)) == ["2"]
    assert bench.said(bench.run(script, SCOPE, **CACHE)) == ["1"]


def test_a_cache_needs_its_scope(bench: Bench) -> None:
    outcome = bench.run("true", **CACHE)
    assert bench.runs(outcome) == [("exception", "malformed-payload")]
    assert "the task lacks `generic-worker:cache:c`" in bench.log(outcome)


def test_a_scope_may_come_of_a_role(bench: Bench) -> None:
    role = {"scopes": ["generic-worker:cache:*"], "description": "caches"}
    taskcluster.Auth(bench.service.options()).createRole("cached", role)
    assert bench.run("true", "assume:cached", **CACHE).end.state == "completed"


@pytest.mark.parametrize(
    ("payload", "what"),
    [
        ({"env": {"A": 1}}, "payload.env.A"),
        ({"features": {"interactive": True}}, "no feature `interactive`"),
        ({"osGroups": ["docker"]}, "puts nobody into groups"),
        ({"image": "debian"}, "payload.command"),
        (
            {"mounts": [{"file": "../a", "content": {"raw": "x"}}]},
            "`../a` is outside of the task's folder",
        ),
        (
            {"mounts": [{"file": "a", "content": {"raw": "x"}, "format": "gz"}]},
            "a mount is no `gz`",
        ),
    ],
)
def test_what_its_counterpart_refuses_is_refused(
    bench: Bench, payload: Mapping[str, Any], what: str
) -> None:
    outcome = bench.run("touch ran", **payload)
    assert bench.runs(outcome) == [("exception", "malformed-payload")]
    assert what in bench.log(outcome)


def in_image(bench: Bench, script: str, *scopes: str, **payload: Any) -> Outcome:
    """How a task of docker-worker ended that runs a script."""
    whole = {"image": "debian:12", "command": ["sh", "-euc", script], **payload}
    task_id = bench.create(*scopes, **whole)
    return next(one for one in bench.worker.work(until_idle=True) if one.task_id == task_id)


def test_a_container_is_stood_in_for_by_the_folder_of_the_run(bench: Bench) -> None:
    made = {"path": "/builds/worker/artifacts/a", "type": "file"}
    cached = {"cache": {"c": "/builds/worker/.cache/c"}, "env": {"OUT": "/builds/worker/artifacts"}}
    script = (
        'mkdir -p "$OUT"; echo x >> /builds/worker/.cache/c/a; cp /builds/worker/.cache/c/a $OUT'
    )
    whole = {**cached, "artifacts": {"public/a": made}}
    first, second = (in_image(bench, script, "docker-worker:cache:c", **whole) for _ in range(2))
    assert bench.runs(first) == [("completed", "completed")], bench.log(first)
    contents = [bench.content(one, "public/a") for one in (first, second)]
    assert contents == [b"x\n", b"x\nx\n"]
    assert "differs: image debian:12 is not used" in bench.log(first)


def test_caches_of_containers_are_their_own(bench: Bench) -> None:
    assert bench.run("touch kept/c/a", SCOPE, **CACHE).end.state == "completed"
    cached = {"cache": {"c": "/builds/worker/c"}}
    outcome = in_image(bench, "ls -A /builds/worker/c", "docker-worker:cache:c", **cached)
    assert bench.said(outcome) == []


def test_programs_of_images_are_those_of_relpro(bench: Bench) -> None:
    outcome = in_image(bench, "command -v fetch-content; run-task -- echo ran")
    assert bench.said(outcome)[0].endswith("/fetch-content")
    assert bench.said(outcome)[-1].endswith("] ran")


@pytest.mark.parametrize(
    ("payload", "reason", "what"),
    [
        ({"command": []}, "resource-unavailable", "the image says what is run"),
        ({"features": {"interactive": True}}, "resource-unavailable", "no `interactive`"),
        (
            {"capabilities": {"privileged": True}},
            "malformed-payload",
            "docker-worker:capability:privileged",
        ),
        (
            {"artifacts": {"public/a": {"path": "/workspace/a", "type": "file"}}},
            "resource-unavailable",
            "`/workspace/a` is not below `/builds/worker`",
        ),
        ({"cache": {"c": "/builds/worker/c"}}, "malformed-payload", "docker-worker:cache:c"),
        ({"image": {"type": "docker"}}, "malformed-payload", "payload.image"),
    ],
)
def test_what_no_process_can_do_is_left_to_other_workers(
    bench: Bench, payload: Mapping[str, Any], reason: str, what: str
) -> None:
    outcome = in_image(bench, "true", **payload)
    assert outcome.end.state == reason
    assert what in bench.log(outcome)


def test_mounts_are_there_before_the_first_command(bench: Bench) -> None:
    packed = archive({"x/deep.txt": "deep\n"})
    digest = hashlib.sha256(packed).hexdigest()
    made = bench.run("echo made > a.txt", artifacts=[_file("public/a.txt", "a.txt")])
    with serving(Files({"/p.tar.gz": packed})) as files:
        url = {"url": f"{files}/p.tar.gz", "sha256": digest}
        mounts = [
            {"file": "raw/a", "content": {"raw": "raw\n"}},
            {
                "file": "b",
                "content": {"base64": base64.b64encode(gzip.compress(b"b\n")).decode()},
                "format": "gz",
            },
            {"file": "c", "content": {"taskId": made.task_id, "artifact": "public/a.txt"}},
            {"directory": "d", "content": url, "format": "tar.gz"},
        ]
        outcome = bench.run("cat raw/a b c d/x/deep.txt", mounts=mounts)
    assert bench.said(outcome) == ["raw", "b", "made", "deep"]


def test_a_mount_of_another_sum_is_refused(bench: Bench) -> None:
    with serving(Files({"/a": b"other"})) as files:
        content = {"url": f"{files}/a", "sha256": "0" * 64}
        outcome = bench.run("true", mounts=[{"file": "a", "content": content}])
    assert bench.runs(outcome) == [("exception", "malformed-payload")]


def test_a_mount_that_cannot_be_had_is_not_the_fault_of_the_task(bench: Bench) -> None:
    content = {"taskId": slugid.nice(), "artifact": "public/a"}
    outcome = bench.run("true", mounts=[{"file": "a", "content": content}])
    assert outcome.end.state == "resource-unavailable"


def _file(name: str, path: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "path": path, "type": "file", **more}


def test_files_and_directories_are_published_also_of_a_task_that_fails(bench: Bench) -> None:
    artifacts = [
        _file("public/one.json", "one.json"),
        {"name": "public/all", "path": "all", "type": "directory"},
        _file("public/maybe", "maybe", optional=True),
    ]
    script = "echo 1 > one.json; mkdir -p all/deep; echo 2 > all/deep/two; : > all/empty; exit 3"
    outcome = bench.run(script, artifacts=artifacts)
    assert outcome.end.state == "failed"
    names = ["public/one.json", "public/all/deep/two", "public/all/empty", "public/maybe"]
    assert [bench.content(outcome, name) for name in names] == [b"1\n", b"2\n", b"", None]
    queue = taskcluster.Queue(bench.service.options())
    found = {one["name"]: one for one in queue.listArtifacts(outcome.task_id, 0)["artifacts"]}
    assert found["public/one.json"]["contentType"] == "application/json"
    assert found["public/logs/live.log"]["storageType"] == "link"


@pytest.mark.parametrize("kind", ["reset-before", "reset-after", "error-before"])
def test_an_upload_that_is_cut_is_repeated(bench: Bench, kind: Kind) -> None:
    bench.service.faults.add(Fault(kind, {"uploadContent"}, times=2))
    outcome = bench.run("echo 1 > one", artifacts=[_file("public/one", "one")])
    assert len(bench.service.faults.struck) == 2
    assert outcome.end.state == "completed"
    assert bench.content(outcome, "public/one") == b"1\n"


def test_a_task_that_leaves_out_an_artifact_fails(bench: Bench) -> None:
    outcome = bench.run("true", artifacts=[_file("public/a", "a")])
    assert bench.runs(outcome) == [("failed", "failed")]
    assert "nothing to publish is at `a`" in bench.log(outcome)
    queue = taskcluster.Queue({**bench.service.options(), "maxRetries": 0})
    with pytest.raises(taskcluster.exceptions.TaskclusterRestFailure) as caught:
        queue.getArtifact(outcome.task_id, 0, "public/a")
    assert caught.value.status_code == 424


def test_a_task_that_takes_too_long_is_stopped_with_all_that_it_started(bench: Bench) -> None:
    began = time.monotonic()
    script = "setsid sh -c 'sleep 5; touch \"$0\"' \"$TASK_WORKDIR.late\" & trap '' TERM; sleep 60"
    outcome = bench.run(script, maxRunTime=1)
    assert bench.runs(outcome) == [("failed", "failed")]
    assert "longer than 1 seconds" in bench.log(outcome)
    assert time.monotonic() - began < 5
    time.sleep(max(0.0, began + 6 - time.monotonic()))
    assert not [*bench.folder.rglob("*.late")]


def test_a_task_reaches_taskcluster_with_its_own_scopes_through_the_proxy(bench: Bench) -> None:
    secret = {"secret": {"a": "b"}, "expires": taskcluster.fromNowJSON("1 day")}
    taskcluster.Secrets(bench.service.options()).set("mine", secret)
    taskcluster.Secrets(bench.service.options()).set("other", secret)
    script = (
        "import os, urllib.request as r\n"
        "for name in ('mine', 'other'):\n"
        "    url = os.environ['TASKCLUSTER_PROXY_URL'] + '/api/secrets/v1/secret/' + name\n"
        "    try: print(r.urlopen(url).status)\n"
        "    except r.HTTPError as error: print(error.code)\n"
    )
    task_id = bench.create(
        "secrets:get:mine",
        command=[[sys.executable, "-c", script]],
        features={"taskclusterProxy": True},
    )
    (outcome,) = bench.worker.work(until_idle=True)
    assert (outcome.task_id, bench.said(outcome)) == (task_id, ["200", "403"])


def test_a_task_that_is_cancelled_is_stopped_and_nobody_is_told(
    tmp_path: Path,
) -> None:
    settings = Settings.at_once(claim_wait=0.1, claim_seconds=3.0)
    with ExitStack() as stack:
        service = stack.enter_context(EmbeddedTaskcluster(settings=settings))
        bench = Bench(service, tmp_path)
        stack.enter_context(bench.worker)
        task_id = bench.create(command=[["sleep", "60"]])
        timer = threading.Timer(
            0.5, lambda: taskcluster.Queue(service.options()).cancelTask(task_id)
        )
        timer.start()
        (outcome,) = bench.worker.work(until_idle=True)
        assert not outcome.told
        assert bench.runs(outcome) == [("exception", "canceled")]


def test_a_claim_is_renewed_while_its_task_runs(tmp_path: Path) -> None:
    settings = Settings.at_once(claim_wait=0.1, claim_seconds=3.0)
    with ExitStack() as stack:
        service = stack.enter_context(EmbeddedTaskcluster(settings=settings))
        bench = Bench(service, tmp_path)
        stack.enter_context(bench.worker)
        outcome = bench.run("sleep 7; echo done > a", artifacts=[_file("public/a", "a")])
        assert bench.runs(outcome) == [("completed", "completed")]
        assert bench.content(outcome, "public/a") == b"done\n"


def test_a_claim_that_ends_meanwhile_is_lost_and_its_task_is_run_again(bench: Bench) -> None:
    """As where a worker was cut off from the queue: the credentials of its task are void then."""
    task_id = bench.create(command=[["sh", "-c", 'test "$RUN_ID" = 1 || sleep 1']])
    threading.Timer(0.5, lambda: bench.service.clock.advance(3600)).start()
    first, second = bench.worker.work(until_idle=True)
    assert (first.task_id, first.told, second.told) == (task_id, False, True)
    assert bench.runs(second) == [("exception", "claim-expired"), ("completed", "completed")]


def test_a_worker_that_is_shut_down_gives_its_task_back(bench: Bench) -> None:
    task_id = bench.create(command=[["sh", "-c", 'test "$RUN_ID" = 1 || sleep 60']])
    threading.Timer(0.5, bench.worker.shut_down).start()
    (outcome,) = bench.worker.work(until_idle=True)
    assert bench.runs(outcome) == [("exception", "worker-shutdown"), ("pending", "")]
    assert outcome.task_id == task_id


def test_the_command_works_at_several_queues_until_they_are_empty(
    bench: Bench, relpro: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in bench.service.environment().items():
        monkeypatch.setenv(name, value)
    task_id = bench.create(command=[["true"]])
    ran = relpro("worker", "p/other", QUEUE, "--until-idle", "--folder", str(tmp_path / "f"))
    assert ran.code == 0
    assert ran.out.splitlines() == [f"{task_id} build: claimed", f"{task_id} build: completed"]


def test_a_worker_without_the_right_to_claim_says_so(
    bench: Bench, relpro: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in bench.service.environment("queue:ping").items():
        monkeypatch.setenv(name, value)
    ran = relpro("worker", QUEUE, "--until-idle", "--folder", str(tmp_path / "f"))
    assert ran.code == 4
    assert "error[Q704]" in ran.err
    assert f"queue:claim-work:{QUEUE}" in ran.err


def test_images_are_demanded_in_vain_where_nothing_runs_containers(
    bench: Bench, relpro: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = relpro("worker", QUEUE, "--containers", "always")
    assert ran.code == 2
    assert "error[O615]: neither Docker nor Podman answers on this machine" in ran.err


def test_two_workers_do_not_share_a_folder(bench: Bench) -> None:
    with pytest.raises(RelproError, match="another worker works in"):
        LocalWorker(bench.seat, bench.folder)


def test_what_a_killed_worker_left_is_taken_away_and_its_caches_are_not(
    service: EmbeddedTaskcluster, tmp_path: Path
) -> None:
    bench = Bench(service, tmp_path)
    with bench.worker:
        assert bench.run("echo x > kept/c/a", SCOPE, **CACHE).end.state == "completed"
    (tmp_path / "tasks/left/over").mkdir(parents=True)
    again = Bench(service, tmp_path)
    with again.worker:
        assert not (tmp_path / "tasks/left").exists()
        assert again.said(again.run("cat kept/c/a", SCOPE, **CACHE)) == ["x"]


def test_the_command_gives_its_task_back_when_it_is_stopped(bench: Bench, tmp_path: Path) -> None:
    task_id = bench.create(command=[["sleep", "60"]])
    words = [sys.executable, "-m", "relpro", "worker", QUEUE, "--folder", str(tmp_path / "other")]
    env = {**os.environ, **bench.service.environment()}
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{task_id} build: claimed\n"
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "worker-shutdown" in said
    runs = bench.service.status(task_id)["runs"]
    assert [run.get("reasonResolved") for run in runs] == ["worker-shutdown", None]
