import os
import random
import subprocess
import sys
import time
from pathlib import Path

from relpro.embedded import EmbeddedTaskcluster, Fault
from tests.submit.graphs import CREATOR, GROUP, created, layers, now_of

SIZE = 300


def start(service: EmbeddedTaskcluster) -> "subprocess.Popen[str]":
    who = service.root_credentials
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.submit.killed",
            service.root_url,
            str(now_of(service).timestamp()),
            str(SIZE),
        ],
        cwd=Path(__file__).parents[2],
        env={
            **os.environ,
            "TASKCLUSTER_CLIENT_ID": who["clientId"],
            "TASKCLUSTER_ACCESS_TOKEN": who["accessToken"],
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_submission_killed_anywhere_and_run_again_makes_each_task_once(
    service: EmbeddedTaskcluster,
) -> None:
    service.faults.add(Fault("latency", {"createTask"}, seconds=0.1))
    chance = random.Random(5)
    reached = 0
    while reached < SIZE * 0.6:
        aim = reached + chance.randint(0, SIZE // 4)
        process = start(service)
        while process.poll() is None and len(created(service)) < aim:
            time.sleep(0.002)
        process.kill()
        process.communicate()
        reached = len(created(service))
        service.clock.advance(2 * 3600)
    assert reached < SIZE
    assert set(service.states(GROUP).values()) <= {"unscheduled", "pending"}

    service.faults.clear()
    process = start(service)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    existing, made = map(int, told.split())
    assert (existing + made, existing >= reached) == (SIZE, True)
    assert sorted(created(service)) == sorted(layers(SIZE))
    started = [key for key, state in service.states(GROUP).items() if state == "pending"]
    assert started == [CREATOR]
