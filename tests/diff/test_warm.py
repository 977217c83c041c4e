"""What an edit does not touch is taken from the generation before, and nothing else differs."""

import gc
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest

from relpro.compare.requests import Scenario
from relpro.compare.warm import Asked, Generation, generate
from relpro.errors import RelproError
from relpro.goal import Goal
from relpro.model.phase import Phase
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.testing.factories import make_task
from tests.actions.small_project import PARAMETERS, record, write_project

ROOT = Path(__file__).parents[2]

#: Seconds in which a small project is generated anew on a busy machine.
SOON = 120


@pytest.mark.parametrize("words", [("0", "24"), ("--random", "0", "60")], ids=["ours", "others"])
def test_random_edits_give_what_a_new_process_gives(words: tuple[str, ...]) -> None:
    # `make soak` tries a thousand.
    command = [sys.executable, "-m", "tests.diff.saves", *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert int(ran.stdout.split()[0]) >= 12, "too few edits were right to tell anything"


@attrs.frozen
class Edited:
    """A small project of which a release is asked for, again and again."""

    root: Path

    @property
    def asked(self) -> tuple[Asked, ...]:
        return (Asked("", Goal(phase=Phase.SHIP, fresh=True), Scenario("", (self.given,))),)

    @property
    def given(self) -> Path:
        return self.root / "parameters.json"

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / "kinds" / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def generate(self, last: Generation | None = None) -> Generation:
        return generate(self.root, self.asked, last)


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    write_project(tmp_path)
    made = Edited(tmp_path)
    made.given.write_bytes(orjson.dumps(PARAMETERS))
    return made


def kept(now: Generation, before: Generation) -> set[str]:
    """The kinds that were not made again."""
    (one,), (other,) = now.pipelines, before.pipelines
    return {name for name, kind in one.made.items() if kind is other.made[name]}


def test_an_edit_of_a_body_makes_its_own_kind_again(edited: Edited) -> None:
    first = edited.generate()
    edited.edit("promote/publish.yml", "type: succeed", "type: succeed\n    scopes: [a]")
    second = edited.generate(first)
    assert kept(second, first) == {"build", "release", "announce"}
    (before,), (after,) = first.pipelines, second.pipelines
    assert after.full["publish-linux64"].definition["scopes"] == ["a"]
    assert after.full["announce-app"] is before.full["announce-app"]
    assert after.morphed.texts["announce-app"] is before.morphed.texts["announce-app"]


def test_an_edit_that_others_see_makes_them_again(edited: Edited) -> None:
    first = edited.generate()
    edited.edit("build/build.yml", "Linux\n", "Linux\n    attributes: {build-platform: linux}\n")
    second = edited.generate(first)
    # What is released depends on what is published, and that on what is built.
    assert kept(second, first) == {"announce"}
    assert second.pipelines[0].full["publish-linux64"].attributes["build_platform"] == "linux"


def test_a_parameter_or_a_key_of_the_configuration_concerns_who_read_it(edited: Edited) -> None:
    every = {"build", "publish", "release", "announce"}
    first = edited.generate()
    edited.given.write_bytes(orjson.dumps({**PARAMETERS, "owner": "x@example.com"}))
    second = edited.generate(first)
    edited.edit("config.yml", "trust-domain: gecko", "trust-domain: comm")
    third = edited.generate(second)
    assert (kept(second, first), kept(third, second)) == (set(), set())
    assert third.pipelines[0].full["announce-app"].definition["schedulerId"] == "comm-level-3"
    edited.given.write_bytes(
        orjson.dumps({**PARAMETERS, "owner": "x@example.com", "next_version": "7.0"})
    )
    edited.edit("config.yml", "group-names: {}", "group-names: {A: Another}")
    fourth = edited.generate(third)
    assert kept(fourth, third) == every


def test_a_template_reads_what_it_names(edited: Edited) -> None:
    edited.edit("ship/announce.yml", "description: Announce\n", "description: 'Now {version}'\n")
    first = edited.generate()
    edited.given.write_bytes(orjson.dumps({**PARAMETERS, "version": "7.0"}))
    second = edited.generate(first)
    assert kept(second, first) == {"build", "publish", "release"}
    assert second.pipelines[0].full["announce-app"].description == "Now 7.0"


def test_values_that_python_takes_for_equal_are_told_apart(edited: Edited) -> None:
    written = "announce:\n    extra: {is-on: 1, b: 1}\n"
    edited.edit("ship/announce.yml", "announce:\n", written)
    last = edited.generate()
    for old, new in (("is-on: 1", "is-on: true"), ("is-on: true, b: 1", "b: 1, is-on: true")):
        edited.edit("ship/announce.yml", old, new)
        now = edited.generate(last)
        text = now.pipelines[0].morphed.texts["announce-app"]
        assert text == edited.generate().pipelines[0].morphed.texts["announce-app"]
        assert b'"is-on":true' in text
        last = now


@pytest.mark.parametrize(
    ("old", "new"), [("Announce.", "Announce it."), ("name: app", "name: other")]
)
def test_a_generation_keeps_none_of_those_before_it(edited: Edited, old: str, new: str) -> None:
    first = edited.generate()
    before = weakref.ref(first.whole[0].morphed)
    edited.edit("ship/announce.yml", old, new)
    second = edited.generate(first)
    del first
    gc.collect()
    assert before() is None
    assert second.graphs


def test_graphs_that_see_the_same_share_what_is_made(edited: Edited) -> None:
    phases = (Phase.PROMOTE, Phase.PUSH, Phase.SHIP)
    scenario = Scenario("", (edited.given,))
    asked = [Asked(phase.value, Goal(phase=phase), scenario) for phase in phases]
    first = generate(edited.root, asked)
    edited.edit("promote/publish.yml", "type: succeed", "type: succeed\n    scopes: [a]")
    second = generate(edited.root, asked, first)
    for made in (first, second):
        one, *others = made.whole
        assert all(other.full is one.full for other in others)
    apart = [generate(edited.root, [one]).pipelines[0] for one in asked]
    for together, alone in zip(second.pipelines, apart, strict=True):
        assert dict(together.morphed.texts) == dict(alone.morphed.texts)
    assert second.whole[0].full is not first.whole[0].full


def test_after_errors_the_last_right_generation_counts(edited: Edited) -> None:
    first = edited.generate()
    edited.edit("ship/announce.yml", "worker-type: succeed", "worker-type: sukceed")
    with pytest.raises(RelproError, match="T413"):
        edited.generate(first)
    edited.edit("ship/announce.yml", "worker-type: sukceed", "worker-type: succeed")
    assert kept(edited.generate(first), first) == {"build", "publish", "release", "announce"}


_MARK = """\
from relpro import each

@each
def mark(ctx, task):
    return task.replace(description="said by A")

transforms = (mark,)
"""


def test_a_transform_concerns_the_kinds_that_use_it(edited: Edited) -> None:
    edited.edit("config.yml", "trust-domain", "transforms-package: marks_of_a_test\ntrust-domain")
    code = edited.root / "marks_of_a_test"
    code.mkdir()
    (code / "mark.py").write_text(
        f"from ._words import WORDS\n{_MARK}".replace('"said by A"', "WORDS")
    )
    (code / "_words.py").write_text("WORDS = 'said by A'\n")
    (code / "other.py").write_text(_MARK)
    for name, module in (("ship/announce", "mark"), ("push/release", "other")):
        edited.edit(f"{name}.yml", "tasks:\n", f"transforms: [marks_of_a_test.{module}]\ntasks:\n")
    first = edited.generate()
    (code / "_words.py").write_text("WORDS = 'said by B'\n")
    second = edited.generate(first)
    assert kept(second, first) == {"build", "publish", "release"}
    assert second.pipelines[0].full["announce-app"].description == "said by B"
    (code / "other.py").write_text(_MARK.replace("said by A", "said by C"))
    third = edited.generate(second)
    # What is announced sees the description of what is released.
    assert kept(third, second) == {"build", "publish"}
    assert third.pipelines[0].full["release-app"].description == "said by C"


_BUILDER = """\
from relpro import Payload

SCHEMA = {}

def build(ctx, task):
    return Payload({"said": "by A"})
"""


def test_a_payload_builder_concerns_the_kinds_that_use_it(edited: Edited) -> None:
    edited.edit(
        "config.yml", "trust-domain", "transforms-package: builders_of_a_test\ntrust-domain"
    )
    where = "provisioner: p, worker-type: w, implementation: builders_of_a_test.own"
    edited.edit("config.yml", "aliases:\n", f"aliases:\n    own: {{{where}, os: linux}}\n")
    edited.edit("ship/announce.yml", "worker-type: succeed", "worker-type: own\n    worker: {}")
    code = edited.root / "builders_of_a_test" / "own.py"
    code.parent.mkdir()
    code.write_text(_BUILDER)
    first = edited.generate()
    code.write_text(_BUILDER.replace("by A", "by B"))
    second = edited.generate(first)
    assert kept(second, first) == {"build", "publish", "release"}
    assert second.pipelines[0].full["announce-app"].definition["payload"] == {"said": "by B"}


_MORPH = """\
import attrs

def loud(graph, parameters, config):
    return (attrs.evolve(task, description="said by A") for task in graph)
"""


def test_an_edit_of_a_morph_is_seen(edited: Edited) -> None:
    package = "transforms-package: morphs_of_a_test\nmorphs: [morphs_of_a_test.own.loud]\n"
    edited.edit("config.yml", "trust-domain", f"{package}trust-domain")
    code = edited.root / "morphs_of_a_test" / "own.py"
    code.parent.mkdir()
    code.write_text(_MORPH)
    first = edited.generate()
    code.write_text(_MORPH.replace("by A", "by B"))
    (before,), (now,) = first.graphs, edited.generate(first).graphs
    assert {task.description for task in before} == {"said by A"}
    assert {task.description for task in now} == {"said by B"}


def test_code_that_was_taken_back_after_errors_is_not_used(edited: Edited) -> None:
    edited.edit("config.yml", "trust-domain", "transforms-package: marks_of_a_test\ntrust-domain")
    code = edited.root / "marks_of_a_test" / "mark.py"
    code.parent.mkdir()
    code.write_text(_MARK)
    named = "Announce.\ntransforms: [marks_of_a_test.mark]\n"
    edited.edit("ship/announce.yml", "Announce.\n", named)
    first = edited.generate()
    code.write_text(_MARK.replace("said by A", "said by B, and longer"))
    edited.edit("ship/announce.yml", "worker-type: succeed", "worker-type: sukceed")
    with pytest.raises(RelproError, match="T413"):
        edited.generate(first)
    code.write_text(_MARK)
    edited.edit("ship/announce.yml", "worker-type: sukceed", "worker-type: succeed")
    edited.edit("ship/announce.yml", "name: app", "name: other")
    made = edited.generate(first).pipelines[0].full["announce-other"]
    assert made.description == "said by A"


def test_a_body_that_breaks_a_rule_of_its_dependents_is_found(edited: Edited) -> None:
    first = edited.generate()
    edited.edit("build/build.yml", "Linux\n", "Linux\n    expires-after: 2 hours\n")
    edited.edit("build/build.yml", "expires", "deadline-after: 1 hour\n    expires")
    with pytest.raises(RelproError, match="its dependency `build-linux64` expires"):
        edited.generate(first)


def test_the_body_of_an_upstream_task_cannot_be_looked_into() -> None:
    seen = make_task("build-a", definition={"payload": {}}).as_upstream()
    looks: tuple[Callable[[Any], Any], ...] = (list, len, dict, lambda body: body.get("tags"))
    for look in looks:
        with pytest.raises(LookupError, match="look at its attributes and artifacts"):
            look(seen.definition)


class Lines:
    """The lines that a process prints, as they come."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.queue: queue.Queue[str] = queue.Queue()
        assert process.stdout is not None
        threading.Thread(target=self._read, args=(process.stdout,), daemon=True).start()

    def _read(self, stream: Iterator[str]) -> None:
        for line in stream:
            self.queue.put(line.rstrip("\n"))

    def until(self, text: str) -> list[str]:
        found: list[str] = []
        while not found or text not in found[-1]:
            found.append(self.queue.get(timeout=SOON))
        return found


@contextmanager
def watching(edited: Edited, *base: str) -> Iterator[Lines]:
    words = ["watch", *base, "--root", str(edited.root), "-p", str(edited.given)]
    command = [sys.executable, "-u", "-m", "relpro", *words, "--phase", "ship", "--phase", "push"]
    environment = {**os.environ, "NO_COLOR": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        try:
            yield Lines(process)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=SOON) == 130


def test_each_save_is_followed_by_what_it_did(edited: Edited) -> None:
    last = "push: 1 task, nothing differs"
    with watching(edited) as lines:
        assert lines.until(last)[0].startswith("at the start: ")
        edited.edit("ship/announce.yml", "Announce\n    w", "Tell it\n    w")
        said = lines.until(last)
        assert said[0].startswith("kinds/ship/announce.yml: ")
        assert any("Announce -> Tell it" in line for line in said)
        edited.edit("ship/announce.yml", "worker-type: succeed", "worker-type: sukceed")
        assert any(line.startswith("error[T413]") for line in lines.until("did you mean"))
        edited.edit("ship/announce.yml", "worker-type: sukceed", "worker-type: succeed")
        assert any("Announce -> Tell it" in line for line in lines.until(last))


def other_checkout(edited: Edited, folder: Path) -> str:
    shutil.copytree(edited.root, folder)
    return str(folder)


def revision(edited: Edited, _: Path) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    for words in (("init", "--quiet"), ("add", "."), (*who, "commit", "--quiet", "-m", "base")):
        subprocess.run(["git", "-C", str(edited.root), *words], check=True)
    return "HEAD"


def graph_file(edited: Edited, folder: Path) -> str:
    words = ["graph", "--root", str(edited.root), "-p", str(edited.given), "--phase", "ship"]
    command = [sys.executable, "-m", "relpro", *words, "--format", "json"]
    path = folder.with_suffix(".json")
    path.write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
    return str(path)


def artifacts(edited: Edited, folder: Path) -> str:
    pipeline = Pipeline.of(Project(edited.root), PARAMETERS, Goal(phase=Phase.SHIP))
    record(pipeline, folder)
    return str(folder / pipeline.creator / "public")


@pytest.mark.parametrize("make", [other_checkout, revision, graph_file, artifacts])
def test_what_is_watched_is_compared_with_a_base(
    make: Callable[[Edited, Path], str], edited: Edited, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = make(edited, tmp_path_factory.mktemp("base") / "it")
    edited.edit("ship/announce.yml", "Announce\n    w", "Tell it\n    w")
    with watching(edited, base) as lines:
        lines.until("Announce -> Tell it")
        edited.edit("ship/announce.yml", "Tell it\n    w", "Announce\n    w")
        lines.until("ship: 1 task, nothing differs")


def test_a_base_that_is_none_is_an_error(edited: Edited) -> None:
    words = ["watch", "nothing", "--root", str(edited.root), "-p", str(edited.given)]
    command = [sys.executable, "-m", "relpro", *words, "--phase", "ship"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=SOON, check=False)
    assert ran.returncode == 2
    assert "error[Q711]: `nothing` cannot be compared" in ran.stderr
