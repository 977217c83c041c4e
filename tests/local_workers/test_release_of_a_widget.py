"""From a push to a tested widget: every task is claimed, and its payload's commands are run.

The test of the widget is a task of docker-worker, all others are of generic-worker.

One push after the other on one Taskcluster; each test says what the next push changes.
"""

import io
import tarfile
from collections.abc import Iterator, Mapping

import attrs
import pytest

from relpro.run_task import PROGRAMS
from relpro.workers import Outcome
from tests.local_workers.desk import Desk, desk

#: Every task that is made from nothing, in the order in which one worker can run them.
EVERY = [
    "Decision Task",
    "fetch-header",
    "toolchain-counter",
    "toolchain-stamper",
    "build-widget",
    "test-widget",
]


@attrs.frozen
class Pushed:
    """A push that was worked off: its revision, its decision task, and how its tasks ended."""

    here: Desk
    revision: str
    decision: str
    outcomes: Mapping[str, Outcome]

    @classmethod
    def of(cls, here: Desk, message: str, changes: Mapping[str, str] | None = None) -> "Pushed":
        revision = here.commit(message, changes)
        decision = here.push(revision)
        return cls(here, revision, decision, here.work())

    @property
    def states(self) -> dict[str, str]:
        """How each task ended, by name; what its log says where it did not complete."""
        return {
            name: outcome.end.state if outcome.end.state == "completed" else self.log(name)
            for name, outcome in self.outcomes.items()
        }

    def log(self, name: str) -> str:
        return self.here.log(self.outcomes[name].task_id)

    def artifact(self, name: str, artifact: str) -> bytes:
        return self.here.artifact(self.outcomes[name].task_id, artifact)

    def published(self, name: str) -> bytes:
        return self.here.artifact(self.decision, f"public/{name}")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("widgets")) as made:
        yield made


@pytest.fixture(scope="module")
def first(here: Desk) -> Pushed:
    return Pushed.of(here, "first")


@pytest.fixture(scope="module")
def second(first: Pushed) -> Pushed:
    text = (first.here.repository / "tools/stamper/stamp.c").read_text()
    louder = {"tools/stamper/stamp.c": text.replace("stamped", "stamped loudly,")}
    return Pushed.of(first.here, "a louder stamper", louder)


def test_a_push_ends_in_a_tested_widget_of_its_exact_revision(first: Pushed) -> None:
    assert first.states == dict.fromkeys(EVERY, "completed")
    widget = f"a widget, stamped --loud\ncolor: blue\nrevision: {first.revision}\n"
    assert first.artifact("test-widget", "public/report.txt").decode() == widget
    assert first.artifact("build-widget", "public/build/notes/lines.txt") == b"3\n"


def test_the_decision_task_publishes_programs_and_contexts_of_images(first: Pushed) -> None:
    for name, program in PROGRAMS.items():
        assert first.published(name) == program.read_bytes()
    packed = first.published("docker-contexts/builder.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        members = {one.name: tar.extractfile(one) for one in tar}
        assert sorted(members) == ["Dockerfile", "topsrcdir/tools/stamper/stamp.c"]
        dockerfile = members["Dockerfile"]
        assert dockerfile is not None
        assert b"RUN apt-get install --yes gcc make\n" in dockerfile.read()


def test_what_was_made_is_certified_as_it_is(first: Pushed) -> None:
    held = first.here.json(first.outcomes["build-widget"].task_id, "public/chain-of-trust.json")
    assert sorted(held["artifacts"]) == [
        "public/build/notes/lines.txt",
        "public/build/widget.tar.gz",
    ]
    assert held["task"]["metadata"]["name"] == "build-widget"


def test_after_a_change_of_one_tool_only_what_depends_on_it_is_made_again(
    first: Pushed, second: Pushed
) -> None:
    again = ["Decision Task", "toolchain-stamper", "build-widget", "test-widget"]
    assert second.states == dict.fromkeys(again, "completed")
    widget = f"a widget, stamped loudly, --loud\ncolor: blue\nrevision: {second.revision}\n"
    assert second.artifact("test-widget", "public/report.txt").decode() == widget
    # What did not change is the very task of before.
    made = first.here.service.task(second.outcomes["build-widget"].task_id)["dependencies"]
    assert first.outcomes["toolchain-counter"].task_id in made
    assert first.outcomes["toolchain-stamper"].task_id not in made
    stamper = first.here.service.task(second.outcomes["toolchain-stamper"].task_id)
    assert first.outcomes["fetch-header"].task_id in stamper["dependencies"]


def test_after_a_change_of_the_widget_no_tool_is_made_again(second: Pushed) -> None:
    third = Pushed.of(second.here, "a red widget", {"src/widget.txt": "color: red\n"})
    assert third.states == dict.fromkeys(
        ["Decision Task", "build-widget", "test-widget"], "completed"
    )
    assert b"color: red\n" in third.artifact("test-widget", "public/report.txt")
