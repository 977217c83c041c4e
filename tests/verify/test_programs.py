"""Programs that tasks start come from somewhere known."""

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.load.tree import Tree
from relpro.model.programs import Programs
from relpro.model.repository import CheckedOut
from relpro.model.task import Task
from relpro.testing.factories import make_config, make_task
from relpro.values.shell_line import started_by_line
from relpro.verify.programs import unknown_programs

TREE = Tree.written({"scripts/build.sh": "", "gradlew": ""})
PROGRAMS = Programs(
    known=("gh",),
    provided={"widgets/*": ("cargo", "/opt/*")},
    entry_points={"other": {"tools/pack": "read there"}},
)
CHECKOUTS = (CheckedOut("vcs", "widget"), CheckedOut("other", "other", "https://example.com/o"))


def tasks(command: Any, *, image: Any = "widgets/build", **payload: Any) -> Task:
    said = {"image": image, "command": command, **payload}
    return make_task("build", implementation="docker-worker", definition={"payload": said})


def found(*some: Task, programs: Programs = PROGRAMS) -> list[Diagnostic]:
    graph = TaskGraph.build(some)
    config = attrs.evolve(make_config(), programs=programs, repositories=CHECKOUTS)
    return [*unknown_programs(graph, graph, config, TREE)]


def checked_out(*words: Any, prefix: str = "vcs", cwd: str = "/src") -> list[Any]:
    return [
        "/usr/local/bin/run-task",
        f"--{prefix}-checkout=/src",
        f"--task-cwd={cwd}",
        "--",
        *words,
    ]


def line(text: str) -> list[Any]:
    return checked_out("bash", "-cx", text)


@pytest.mark.parametrize(
    "command",
    [
        line("./scripts/build.sh --fast && cargo test | tee log"),
        line("cd scripts && ./build.sh"),
        line("MODE=x FLAG='a b' ./gradlew assemble > out 2>&1"),
        line("for one in a b; do ./gradlew $one; done"),
        line("if [ -f x ]; then make; else gh run; fi"),
        line("bash scripts/build.sh\n# ./nothing\ncat <x"),
        line("$VCS_PATH/gradlew"),
        line("${VCS_PATH}/scripts/build.sh"),
        line("echo './nothing; ./more' && $MOZ_FETCHES_DIR/clang/bin/clang x.c"),
        checked_out("./gradlew", "assemble"),
        checked_out("tools/pack", prefix="other"),
        checked_out("../gradlew", cwd="/src/scripts"),
        ["/bin/sh", "-ec", "/opt/tool; python=3 make"],
        ["/usr/bin/env", "A=b", "/usr/bin/make"],
        ["/usr/local/bin/fetch-content", "static-url"],
        ["/usr/local/bin/run-task", "--user", "root", "--", "true"],
    ],
)
def test_what_is_known_is_no_fault(command: list[Any]) -> None:
    env = {"VCS_PATH": "/src", "MOZ_FETCHES_DIR": "fetches"}
    assert found(tasks(command, env=env)) == []


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["/builds/worker/bin/build"], "/builds/worker/bin/build"),
        (["cargoo", "build"], "cargoo"),
        (line("./scripts/biuld.sh"), "./scripts/biuld.sh"),
        (line("make && /opt2/tool"), "/opt2/tool"),
        (line("$UNKNOWN/tool"), "$UNKNOWN/tool"),
        (line("cd .. && scripts/build.sh"), "scripts/build.sh"),
        (line("bash scripts/nothing.sh"), "scripts/nothing.sh"),
        (line("x=$(./nothing)"), "./nothing"),
        (line("true || nothing"), "nothing"),
        (checked_out("tools/unpack", prefix="other"), "tools/unpack"),
        (checked_out("gradlew", prefix="third"), "gradlew"),
        (["bash", "-c", "./gradlew"], "./gradlew"),
        (checked_out({"artifact-reference": "nothing"}), "nothing"),
        (checked_out("bash", "-cx", {"artifact-reference": "./nothing <a/b>"}), "./nothing"),
    ],
)
def test_a_program_from_nowhere_is_told_with_where_it_runs(command: list[Any], name: str) -> None:
    (one,) = found(tasks(command))
    assert one.code == "G374"
    assert one.what == f"task `build` starts `{name}`, which nothing is known to provide"
    assert one.why.startswith("it runs in `widgets/build` with ")


@pytest.mark.parametrize(
    ("image", "dependencies", "place"),
    [
        ({"type": "task-image", "taskId": "x"}, {"docker-image": "docker-image-big"}, "big"),
        ({"type": "indexed-image", "namespace": "a.b"}, {}, "a.b"),
    ],
)
def test_images_are_known_by_what_they_are_called_in_the_project(
    image: Any, dependencies: Mapping[str, str], place: str
) -> None:
    said = {"image": image, "command": ["tool"]}
    needs = [make_task(label) for label in dependencies.values()]
    one = make_task(
        "build",
        implementation="docker-worker",
        definition={"payload": said},
        dependencies=dependencies,
    )
    assert f"it runs in `{place}`" in found(one, *needs)[0].why
    assert found(one, *needs, programs=Programs(provided={place: ("tool",)})) == []


def _names(one: Task) -> list[str]:
    return [each.what.split("`")[3] for each in found(one)]


def test_machines_are_known_by_their_pool_and_start_several_commands() -> None:
    where = {"provisionerId": "p", "workerType": "mac"}
    words = [
        "./run-task",
        "--vcs-checkout=checkouts/vcs",
        "--",
        "bash",
        "-c",
        "checkouts/vcs/gradlew",
    ]
    definition = {**where, "payload": {"command": [["chmod", "+x", "run-task"], words, ["xcode"]]}}
    one = make_task("build", implementation="generic-worker", definition=definition)
    assert _names(one) == ["xcode"]
    assert found(one, programs=Programs(provided={"p/mac": ("xcode",)})) == []


def test_on_windows_a_command_is_one_line() -> None:
    text = (
        "C:/mozilla-build/python3/python3.exe run-task --vcs-checkout=build/src"
        " --task-cwd=build/src -- ./nothing"
    )
    definition = {"provisionerId": "p", "workerType": "w", "payload": {"command": [text]}}
    one = make_task("build", implementation="generic-worker", definition=definition)
    assert _names(one) == ["./nothing"]


def test_kinds_whose_programs_are_to_come_are_passed_by_as_long_as_they_are() -> None:
    to_come = Programs(to_come={"build": "nobody has written it"})
    assert found(tasks(["nothing"]), programs=to_come) == []
    (one,) = found(tasks(["make"]), programs=to_come)
    assert (one.code, one.what) == ("G375", "every program of kind `build` is known")


def test_tasks_without_commands_start_nothing() -> None:
    assert found(make_task("sign", definition={"payload": {}}), make_task("dummy")) == []


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("a 'b; c' && d", [("a", "/w"), ("d", "/w")]),
        ("cd x; a; cd /y && b", [("a", "/w/x"), ("b", "/y")]),
        ("time exec a", [("a", "/w")]),
        ("env X=1 a", [("a", "/w")]),
        ("a \\\n b", [("a", "/w")]),
        ("! a", [("a", "/w")]),
        ("python3 -m pip install x", [("python3", "/w")]),
        ("python3 -u tool.py x", [("python3", "/w"), ("tool.py", "/w")]),
        (". ./env.sh", [("./env.sh", "/w")]),
        ("case $x in a) b;; esac", [("b", "/w")]),
        ("bash -c 'a; b'", [("bash", "/w"), ("a", "/w"), ("b", "/w")]),
        ("a >& x <y", [("a", "/w")]),
    ],
)
def test_a_line_of_shell_starts_programs(text: str, programs: list[tuple[str, str]]) -> None:
    assert [(one.program, one.cwd) for one in started_by_line(text, "/w", {})] == programs
