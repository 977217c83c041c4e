"""Rehearses a release on a Taskcluster of this machine: its tasks are created, none is run.

    python .ci/rehearse.py release        everything: a push, then each phase upon the last
    python .ci/rehearse.py task           make a decision task, and print its id
    python .ci/rehearse.py action GROUP   make a task that runs an action of a group
    python .ci/rehearse.py run GROUP      complete what is pending in a group

All but `release` need the variables that `relpro queue` prints.
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import taskcluster

#: The variable in which relpro finds the repository of an event.
VARIABLE = "__PREFIX___HEAD_REPOSITORY"
REPOSITORY = os.environ.get(VARIABLE, "__repository__")
TRUST_DOMAIN = "__trust_domain__"
PROJECT = "__project__"
FLAVORS = ["__flavors__"]

_ROLE = "assume:repo:" + REPOSITORY.removeprefix("https://")
_DECISION = {"name": "Decision Task", "scopes": [f"{_ROLE}:branch:__branch__"]}
_ACTION = {"name": "Action: promote", "scopes": [f"{_ROLE}:action:release-promotion"]}

Tasks = Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]]


def queue() -> Any:
    """The queue that the environment names."""
    return taskcluster.Queue(taskcluster.optionsFromEnvironment())


def make_task(said: Mapping[str, Any], group: str | None = None) -> str:
    """Make a task in which relpro runs, as a push or somebody who asks for an action would."""
    task_id: str = taskcluster.slugId()
    body = {
        "provisionerId": "built-in",
        "workerType": "succeed",
        "schedulerId": f"{TRUST_DOMAIN}-level-3",
        "taskGroupId": group or task_id,
        "scopes": said["scopes"],
        "created": taskcluster.fromNowJSON("0 seconds"),
        "deadline": taskcluster.fromNowJSON("1 day"),
        "payload": {},
        "metadata": {
            "name": said["name"],
            "description": "A rehearsal",
            "owner": "me@example.com",
            "source": REPOSITORY,
        },
    }
    queue().createTask(task_id, body)
    return task_id


def members(group: str) -> Tasks:
    """The tasks of a group: id -> (definition, status)."""
    pages: list[Any] = []
    queue().listTaskGroup(group, paginationHandler=pages.append)
    tasks = [task for page in pages for task in page["tasks"]]
    return {task["status"]["taskId"]: (task["task"], task["status"]) for task in tasks}


def will_start(task_id: str, tasks: Tasks) -> bool:
    """Whether a task waits for nothing more: the queue takes some seconds to let it start."""
    needs = tasks[task_id][0]["dependencies"]
    states = {need: tasks[need][1]["state"] for need in needs if need in tasks}
    return all(state == "completed" for state in states.values())


def work(task_id: str, number: int) -> None:
    """Complete a run of a task, as its worker would; another worker may be faster."""
    who = {"workerGroup": "desk", "workerId": "desk"}
    try:
        claim = queue().claimTask(task_id, number, who)
    except taskcluster.exceptions.TaskclusterRestFailure as failure:
        if failure.status_code != 409:
            raise
        return
    own = {"rootUrl": os.environ["TASKCLUSTER_ROOT_URL"], "credentials": claim["credentials"]}
    taskcluster.Queue(own).reportCompleted(task_id, number)


def run(group: str) -> None:
    """Complete what is pending, until only tasks are left that wait for a sign-off, if any."""
    while True:
        tasks = members(group)
        for task_id, (task, status) in tasks.items():
            # Taskcluster itself completes what is built in.
            if status["state"] == "pending" and task["provisionerId"] != "built-in":
                work(task_id, status["runs"][-1]["runId"])
        states = {task_id: status["state"] for task_id, (_, status) in tasks.items()}
        if not any(
            state in {"pending", "running"}
            or (state == "unscheduled" and will_start(task_id, tasks))
            for task_id, state in states.items()
        ):
            return
        time.sleep(0.2)


def sign_off(group: str) -> bool:
    """Force the sign-off gates of a group; whether there were any that waited."""
    waiting = [
        task_id
        for task_id, (task, status) in members(group).items()
        if status["state"] == "unscheduled" and task_id in task["dependencies"]
    ]
    for task_id in waiting:
        queue().scheduleTask(task_id)
    return bool(waiting)


def complete(group: str) -> None:
    """Complete a group, sign-offs and all, and show what became of it."""
    run(group)
    while sign_off(group):
        run(group)
    relpro("status", group)


def relpro(*words: str) -> None:
    """Run relpro; end where it fails."""
    print("$ relpro", shlex.join(words), flush=True)
    command = [sys.executable, "-m", "relpro", *words]
    variables = {**os.environ, VARIABLE: REPOSITORY}
    if subprocess.run(command, env=variables, check=False).returncode:
        sys.exit(1)


def push(recorded: Path) -> str:
    """A push to the branch of releases: the task group of its decision."""
    revision = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()
    decision = make_task(_DECISION)
    words = ["--project", PROJECT, "--level", "3", "--tasks-for", "github-push"]
    words += ["--owner", "me@example.com", "--head-repository", REPOSITORY]
    words += ["--head-ref", "refs/heads/__branch__", "--head-rev", revision]
    words += ["--output-dir", str(recorded / decision / "public"), "--task-id", decision]
    relpro("decision", *words)
    complete(decision)
    return decision


def promote(flavor: str, previous: Sequence[str], recorded: Path) -> str:
    """A phase of the release upon earlier ones, the push first: the task group of its action."""
    task_id = make_task(_ACTION, previous[0])
    said = {
        "release_promotion_flavor": flavor,
        "build_number": 1,
        "previous_graph_ids": previous,
    }
    asked = recorded / f"{flavor}.json"
    asked.write_text(json.dumps(said), encoding="utf-8")
    words = ["--input", str(asked), "--group", previous[0], "--task-id", task_id]
    words += ["--artifacts", str(recorded), "--output-dir", str(recorded / task_id / "public")]
    relpro("action", "release-promotion", *words)
    complete(task_id)
    return task_id


def release() -> None:
    """Serve a Taskcluster, push, and go through every phase."""
    command = [sys.executable, "-m", "relpro", "queue", "--at-once"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served,
        tempfile.TemporaryDirectory() as recorded,
    ):
        assert served.stdout is not None
        served.stdout.readline()
        exported = (shlex.split(served.stdout.readline())[1] for _ in range(3))
        os.environ.update(line.split("=", 1) for line in exported)
        try:
            groups = [push(Path(recorded))]
            for flavor in FLAVORS:
                groups.append(promote(flavor, groups, Path(recorded)))
        finally:
            served.terminate()
    print("rehearsed:", ", ".join(("a push", *FLAVORS)))


def main(command: str = "", group: str = "") -> None:
    """Do what the command line says."""
    if command == "release":
        release()
    elif command == "task":
        print(make_task(_DECISION))
    elif command == "action":
        print(make_task(_ACTION, group))
    elif command == "run":
        run(group)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
