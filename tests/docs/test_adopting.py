"""What the pages for those who bring a project of their own tell them to do works."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from relpro import Context, Draft, Task, TaskDescription
from relpro.yaml.document import parse
from tests.docs.pages import DOCS, Write, blocks, steps, table
from tests.docs.reader import Reader

HOW_TO = DOCS / "how-to"
PYTHON = DOCS / "reference" / "python.md"
DECISION = "relpro decision --project widget --level 3 --tasks-for github-push --owner {owner} \
    --head-repository https://example.com/widget --head-rev $(git rev-parse HEAD)"


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def write(reader: Reader, page: Path) -> None:
    for step in steps(text(page)):
        if isinstance(step, Write):
            reader.take(step)


@pytest.fixture
def widget(tmp_path: Path) -> Reader:
    """Somebody with the project of the tutorial, and a `.taskcluster.yml` as the guide has it."""
    reader = Reader(tmp_path)
    write(reader, DOCS / "tutorial" / "first-release.md")
    assert "wrote .taskcluster.yml" in reader.run(blocks(text(HOW_TO / "run-in-ci.md"), "sh")[0])
    reader.run("git init -q . && git add . && git commit -q -m widget")
    return reader


@pytest.fixture
def served(widget: Reader) -> Iterator[Reader]:
    """The same one, for whom `relpro queue` serves a Taskcluster."""
    command = [sys.executable, "-m", "relpro", "queue"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as queue:
        assert queue.stdout is not None
        queue.stdout.readline()
        lines = [queue.stdout.readline() for _ in range(3)]
        exported = (shlex.split(line)[1].split("=", 1) for line in lines)
        widget.variables = dict(exported)
        yield widget
        queue.terminate()


def rehearsal() -> list[str]:
    """The commands of the rehearsal, but for those that serve."""
    get, _whole, _serve, *steps = blocks(text(HOW_TO / "rehearse-phase-by-phase.md"), "sh")
    return [get, *steps]


def test_a_release_is_rehearsed_phase_by_phase(served: Reader) -> None:
    printed = served.run("\n".join(("set -e", *rehearsal())))
    assert printed.count("2 tasks created") == 3, printed
    assert re.search(r"^push +upload( +\.){3} +2( +\.){2}$", printed, re.MULTILINE), printed


@pytest.mark.parametrize(
    ("broken", "by", "code"),
    [
        ('python .ci/rehearse.py run "$promote"', "", "Q709"),
        ("[$decision, $promote]", "[$decision]", "O603"),
    ],
)
def test_what_is_broken_in_a_rehearsal_is_refused(
    broken: str, by: str, code: str, served: Reader
) -> None:
    script = "\n".join(("set -e", *rehearsal()))
    assert broken in script
    assert f"error[{code}]" in served.run(script.replace(broken, by))


def test_the_script_rehearses_by_itself(widget: Reader) -> None:
    get, whole, *_ = blocks(text(HOW_TO / "rehearse-phase-by-phase.md"), "sh")
    printed = widget.run(f"{get}{whole}")
    assert "rehearsed: a push, promote_widget, push_widget" in printed, printed


def test_roles_and_hooks_are_installed_as_the_guide_says(served: Reader) -> None:
    served.run(
        "rm -r kinds .taskcluster.yml; relpro init --repository https://github.com/me/widget"
    )
    page = HOW_TO / "grant-what-a-project-needs.md"
    write(served, page)
    script = "\n".join(("set -e", *blocks(text(page), "sh")))
    for _first_and_again in range(2):
        printed = served.run(script)
        assert printed.endswith("what is granted is what is needed\n"), printed


def test_a_project_is_started_as_the_guide_says(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    printed = reader.run("\n".join(("set -e", *blocks(text(HOW_TO / "start-a-project.md"), "sh"))))
    assert "signing-widget-mac" in printed, printed
    assert "3 passed" in printed, printed
    rehearsed, upgraded = printed.splitlines()[-2:]
    assert rehearsed == "rehearsed: a push, promote_widget, push_widget"
    assert upgraded == "all that relpro wrote is up to date"


def test_what_a_taskgraph_user_is_shown_makes_the_tasks_that_are_promised(widget: Reader) -> None:
    page = HOW_TO / "adopt-relpro.md"
    write(widget, page)
    docker = widget.folder / "docker" / "builder"
    docker.mkdir(parents=True)
    (docker / "Dockerfile").write_text("FROM python:3.11\n")
    made = widget.run("relpro graph --stage full --format json 2>/dev/null")
    graph = json.loads(made)
    assert "docker-image-builder" in graph
    packages = [label for label, task in graph.items() if task["kind"] == "package"]
    assert packages == ["package-widget-linux", "package-widget-windows"]
    for label in packages:
        task = graph[label]["task"]
        assert "checks" in task["routes"]
        assert task["payload"]["env"]["MOZ_AUTOMATION"] == "1"
        assert "public/build/widget.zip" in json.dumps(task["payload"]["env"]["MOZ_FETCHES"])
    (docker / "Dockerfile").write_text("FROM python:3.12\n")
    again = json.loads(widget.run("relpro graph --stage full --format json 2>/dev/null"))
    first, second = (
        one["docker-image-builder"]["attributes"]["cached_task"]["digest"] for one in (graph, again)
    )
    assert first != second


def test_the_defaults_of_taskgraph_can_be_written_down(widget: Reader) -> None:
    rows = table(
        text(HOW_TO / "adopt-relpro.md"),
        "And these until you write what taskgraph adds by itself:",
    )
    said = [code for _, what in rows for code in re.findall(r"`([\w-]+: .*?)`", what)]
    expiry, *defaults = said
    assert len(defaults) == 3
    config = widget.folder / "kinds" / "config.yml"
    config.write_text(f"{text(config)}\n{expiry}\n")
    indented = "".join(f"  {line}\n" for line in defaults)
    (widget.folder / "kinds" / "build" / "test.yml").write_text(
        f"{_TEST}task-defaults:\n{indented}"
    )
    given = "--param level=3 --param project=widget"
    made = json.loads(
        widget.run(f"relpro graph --tasks test-unit {given} --format json 2>/dev/null")
    )
    task = made["test-unit"]["task"]
    assert task["expires"] == {"relative-datestamp": "1 year"}
    assert task["routes"] == ["checks"]
    assert task["payload"]["env"] == {"MOZ_AUTOMATION": "1"}
    assert {"project": "widget", "trust-domain": "widgets"}.items() <= task["tags"].items()


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("## Draft", Draft),
        ("## TaskDescription", TaskDescription),
        ("## Task", Task),
        ("## Context", Context),
    ],
)
def test_every_field_that_python_may_use_is_documented(heading: str, value: type) -> None:
    rows = table(text(PYTHON), heading)
    documented = {name for fields, _ in rows for name in re.findall(r"`(\w+)`", fields)}
    assert documented == {one.name for one in attrs.fields(value) if not one.name.startswith("_")}


def test_functions_that_the_configuration_names_are_called(widget: Reader) -> None:
    write(widget, PYTHON)
    (named,) = blocks(text(PYTHON), "yaml")
    assert "on-push" in parse(named.encode(), "").data["target-methods"]
    config = widget.folder / "kinds" / "config.yml"
    methods, rest = named.split("version-parser:")
    ((ours,), whole) = (re.findall(r"on-push: .*", methods), text(config))
    whole = re.sub(r"on-push: \{.*", lambda _: ours, whole)
    whole = whole.replace(
        "product: widget, target", "product: widget, partial-updates: true, target"
    )
    config.write_text(f"{whole}\nversion-parser:{rest}")
    (widget.folder / "kinds" / "build" / "test.yml").write_text(_TEST)
    made = widget.run(DECISION.format(owner="me@example.com") + _OFFLINE)
    assert re.search(r"1 +test$", made, re.MULTILINE), made
    assert "not a version" in widget.run("relpro graph --param version=1")
    made = widget.run(DECISION.format(owner="bot@example.com") + _OFFLINE)
    assert not re.search(r"1 +test$", made, re.MULTILINE), made
    (widget.folder / "promote.yml").write_text(_PROMOTE)
    words = f"--group {_OWN} --artifacts recorded --dry-run -o plan.json"
    widget.run(f"relpro action release-promotion --input promote.yml {words}")
    plan = json.loads(text(widget.folder / "plan.json"))
    assert "https://archive.example.com/1.2.2/de.mar" in json.dumps(plan)


_OWN = "Dq1sjgN2Qi2ub6o_QVv0Vg"
_OFFLINE = f" --task-id {_OWN} --output-dir recorded/{_OWN}/public --dry-run"
_TEST = """\
description: Test.
tasks:
  unit:
    description: 'Test widget {major-version}'
    worker-type: linux
    worker: {docker-image: python:3.11, command: [make], max-run-time: 600}
"""
_PROMOTE = f"""\
release_promotion_flavor: promote_widget
build_number: 1
version: 1.2.3
previous_graph_ids: [{_OWN}]
partial_updates:
  1.2.2: {{buildNumber: 1, locales: [de]}}
"""
