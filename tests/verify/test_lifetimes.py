"""What is read outlives its readers, and runs fit into deadlines."""

import json
from typing import Any

import pytest

from relpro.model.policy import Period, Policy
from relpro.model.task import Task
from relpro.testing.factories import make_task
from relpro.verify.lifetimes import runs_fit_into_deadlines, what_is_read_is_still_there
from tests.verify.found import find, told

FILE = "public/build/target.zip"


def after(words: str) -> dict[str, str]:
    return {"relative-datestamp": words}


def maker(words: str, *, name: str = FILE, phase: str = "build", expires: str = "1 year") -> Task:
    """A docker-worker task with an artifact that expires so long after its creation."""
    artifacts = {name: {"type": "file", "path": "/a", "expires": after(words)}}
    return make_task(
        "build",
        attributes={"shipping_phase": phase},
        definition={"expires": after(expires), "payload": {"artifacts": artifacts}},
    )


def reading(payload: Any, *, deadline: str = "1 day", phase: str = "build") -> Task:
    definition = {"deadline": after(deadline), "payload": payload}
    return make_task("sign", "build", attributes={"shipping_phase": phase}, definition=definition)


def upstream(path: str = FILE) -> dict[str, Any]:
    reference = {"task-reference": "<build>"}
    return {"upstreamArtifacts": [{"taskId": reference, "paths": [path]}]}


WAYS = {
    "upstream": upstream(),
    "fetch": {
        "env": {
            "MOZ_FETCHES": {"task-reference": json.dumps([{"artifact": FILE, "task": "<build>"}])}
        }
    },
    "image": {
        "image": {
            "type": "task-image",
            "path": FILE,
            "taskId": {"task-reference": "<build>"},
        }
    },
    "mount": {"mounts": [{"content": {"artifact": FILE, "taskId": {"task-reference": "<build>"}}}]},
    "reference": {"env": {"URL": {"artifact-reference": f"<build/{FILE}>"}}},
}


@pytest.mark.parametrize("way", WAYS)
def test_an_artifact_outlives_the_deadline_of_what_reads_it(way: str) -> None:
    (found,) = told(find(what_is_read_is_still_there, maker("1 hour"), reading(WAYS[way])))
    assert found == (
        f"G340: artifact `{FILE}` of `build` expires after 1 hour, and `sign`, which reads it, "
        "may run until 1 day after its creation"
    )
    assert find(what_is_read_is_still_there, maker("1 day"), reading(WAYS[way])) == []


def test_an_artifact_that_nobody_reads_may_expire_early() -> None:
    assert find(what_is_read_is_still_there, maker("1 hour"), reading(upstream("other"))) == []


@pytest.mark.parametrize(
    ("folder", "count"), [("public/build", 1), ("public/build/", 1), ("pub", 0)]
)
def test_what_is_in_a_folder_expires_with_it(folder: str, count: int) -> None:
    found = find(what_is_read_is_still_there, maker("1 hour", name=folder), reading(upstream()))
    assert len(found) == count


MONTH = Policy(push_to_ship=Period("30 days", 30 * 86400))


@pytest.mark.parametrize(("words", "count"), [("30 days", 1), ("31 days", 0)])
def test_what_a_later_phase_reads_stays_from_push_to_ship(words: str, count: int) -> None:
    tasks = (maker(words), reading(upstream(), phase="promote"))
    found = find(what_is_read_is_still_there, *tasks, policy=MONTH)
    assert [diagnostic.code for diagnostic in found] == ["G342"] * count
    same = (maker(words), reading(upstream()))
    assert find(what_is_read_is_still_there, *same, policy=MONTH) == []


@pytest.mark.parametrize(("words", "count"), [("30 days", 1), ("31 days", 0)])
def test_a_task_that_a_later_phase_needs_stays_too(words: str, count: int) -> None:
    tasks = (maker("1 day", expires=words, name="other"), reading({}, phase="ship"))
    assert len(find(what_is_read_is_still_there, *tasks, policy=MONTH)) == count


@pytest.mark.parametrize(("longest", "count"), [(86400, 0), (90000, 1)])
def test_a_run_fits_into_the_deadline(longest: int, count: int) -> None:
    task = make_task("build", definition={"payload": {"maxRunTime": longest}})
    found = find(runs_fit_into_deadlines, task)
    assert [diagnostic.code for diagnostic in found] == ["G341"] * count
