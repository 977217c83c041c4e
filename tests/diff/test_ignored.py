"""What is left out of a difference, and counted."""

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from relpro.graph.difference.difference import diff
from relpro.graph.difference.ignored import without
from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.testing.factories import make_task

BEFORE = make_task("build-a", kind="build")
BODY = {"payload": {"env": {"A": "1", "B": "1"}, "command": ["make"]}, "metadata": {"source": "x"}}


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], *paths: str, by_design: bool = False
) -> list[str]:
    one, other = (
        TaskGraph.build([attrs.evolve(BEFORE, definition=body)]) for body in (before, after)
    )
    left = without(diff(one, other), paths, by_design=by_design)
    return [
        ".".join(map(str, change.path)) for one in left.difference.changed for change in one.changes
    ]


AFTER = {"payload": {"env": {"A": "2", "B": "2"}, "command": ["ls"]}, "metadata": {"source": "y"}}


@pytest.mark.parametrize(
    ("paths", "left"),
    [
        (
            (),
            [
                "task.metadata.source",
                "task.payload.command",
                "task.payload.env.A",
                "task.payload.env.B",
            ],
        ),
        (("metadata",), ["task.payload.command", "task.payload.env.A", "task.payload.env.B"]),
        (
            ("payload.env.A",),
            ["task.metadata.source", "task.payload.command", "task.payload.env.B"],
        ),
        (("payload", "metadata.source"), []),
        (("*.env.*", "payload.comm"), ["task.metadata.source", "task.payload.command"]),
    ],
)
def test_a_path_covers_what_lies_below_it(paths: tuple[str, ...], left: list[str]) -> None:
    assert changes(BODY, AFTER, *paths) == left


#: Path of a task in a graph file, what taskgraph has there, and what relpro has; None is nothing.
BY_DESIGN = [
    ("attributes.always_target", False, None),
    ("attributes.release_artifacts", ["x"], None),
    ("attributes.release_artifacts_of_build", ["x"], None),
    ("attributes.shipping_product", None, "x"),
    ("task.tags.os", None, "linux"),
    ("task.tags.retrigger", None, "true"),
    ("task.tags.worker-implementation", "x", "y"),
    ("task.requires", None, "all-completed"),
    ("task.schedulerId", None, "x-level-1"),
    ("task.extra.index", {"rank": 0}, None),
    ("task.extra.index", {"rank": 0, "x": 1}, {"rank": 0}),
    ("task.extra.parent", "x", None),
    ("task.payload.build_number", None, 1),
    ("task.payload.version", None, "1.0"),
    ("task.payload.env", {"A": "1"}, {"A": "1", "TOOLCHAIN_ARTIFACT": "x"}),
    ("task.payload.env", {"A": "1"}, {"A": "1", "UPLOAD_DIR": "x"}),
    ("task.payload.env", {"A": "1", "PIP_CACHE_DIR": "x"}, {"A": "1"}),
    ("task.payload.onExitStatus", {}, None),
    ("task.payload.onExitStatus", {"retry": [], "x": [3]}, {"x": [3]}),
    ("task.payload.artifacts.x", {"expires": "1", "path": "x"}, {"path": "x"}),
    ("task.metadata.source", "x", "y"),
]


@pytest.mark.parametrize(("path", "theirs", "ours"), BY_DESIGN)
def test_each_change_by_design_is_left_out(path: str, theirs: object, ours: object) -> None:
    one, other = (TaskGraph.build([having(path, value)]) for value in (theirs, ours))
    left = without(diff(one, other), (), by_design=True)
    assert (left.difference.changed, left.count) == ((), 1)


def having(path: str, value: object) -> Task:
    part, *above, name = path.split(".")
    made: dict[str, Any] = {} if value is None else {name: value}
    for step in reversed(above):
        made = {step: made}
    if part == "attributes":
        return attrs.evolve(BEFORE, attributes=made)
    return attrs.evolve(BEFORE, definition=made)


def test_what_differs_by_design_is_left_out_and_nothing_else() -> None:
    theirs = {
        "payload": {"artifacts": {"public/x": {"expires": "1", "path": "x"}}, "onExitStatus": {}},
        "extra": {"index": {"rank": 0}, "parent": "x"},
        "metadata": {"source": "a"},
    }
    ours = {
        "payload": {"artifacts": {"public/x": {"path": "y"}}},
        "extra": {},
        "metadata": {"source": "b"},
        "requires": "all-completed",
        "schedulerId": "x-level-1",
    }
    left = changes(theirs, ours, by_design=True)
    assert left == ["task.payload.artifacts.public/x.path"]
    # The other way round nothing of it is by design, but for the source.
    assert "task.requires" in changes(ours, theirs, by_design=True)


def test_attributes_that_say_something_are_no_defaults() -> None:
    one, other = (
        attrs.evolve(BEFORE, attributes=found)
        for found in ({"run_on_projects": [], "shipping_product": "x"}, {})
    )
    difference = diff(TaskGraph.build([one]), TaskGraph.build([other]))
    left = without(difference, (), by_design=True)
    (changed,) = left.difference.changed
    assert [change.path for change in changed.changes] == [("attributes", "shipping_product")]
    assert left.count == 1


def fetching(*scopes: str) -> Mapping[str, Any]:
    fetches = '[{"artifact": "private/a.zip"}, {"artifact": "private/b.zip"}]'
    env = {"MOZ_FETCHES": {"task-reference": fetches}}
    return {"payload": {"env": env}, "scopes": [f"queue:get-artifact:private/{s}" for s in scopes]}


def test_a_scope_for_a_folder_is_one_for_each_file_that_is_fetched_of_it() -> None:
    assert changes(fetching("*"), fetching("b.zip", "a.zip"), by_design=True) == []
    assert changes(fetching("*"), fetching("a.zip"), by_design=True) == ["task.scopes"]
    assert changes(fetching("*"), fetching("a.zip", "b.zip", "c.zip"), by_design=True) == [
        "task.scopes"
    ]


def building(image: str, folder: str) -> TaskGraph:
    artifacts = {"public/image.tar.zst": {"path": f"/workspace/{folder}image.tar.zst"}}
    payload = {"image": image, "env": {}, "artifacts": artifacts}
    task = make_task("docker-image-a", kind="docker-image", definition={"payload": payload})
    return TaskGraph.build([task])


def test_each_version_of_a_tool_builds_images_with_another_builder() -> None:
    theirs = building("mozillareleases/image_builder:5.1.0", "")
    ours = building("mozillareleases/image_builder:6.2.0@sha256:f7", "out/")
    assert without(diff(theirs, ours), (), by_design=True).difference.changed == ()
    other = building("example/builder:1", "out/")
    assert len(without(diff(theirs, other), (), by_design=True).difference.changed) == 1
