"""What workers are told to run for a section `run`, and with what around it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from relpro.errors import RelproError
from relpro.model.repository import CheckedOut
from relpro.model.run_task import RunTaskSettings
from relpro.model.task import Task
from relpro.run_task import PROGRAMS
from relpro.stock.define import define
from relpro.stock.run import run
from relpro.transform.section import Refusal
from tests.stock.workers.making import context, description, problems

SMALLEST = {"linux": {"docker-image": "debian:12", "max-run-time": 60}}
MACHINE = {"max-run-time": 60}
VCS = CheckedOut("vcs", "app", ssh_secret="")
CI = CheckedOut("ci", "ci-config", "https://example.com/ci", "main", "ci-configs", "app/key")


def made(
    section: Mapping[str, Any],
    worker_type: str = "linux",
    worker: Mapping[str, Any] | None = None,
    *,
    repositories: tuple[CheckedOut, ...] = (VCS,),
    fetches: bool = False,
    settings: Mapping[str, Any] | None = None,
    **parameters: Any,
) -> Task:
    keys = {**SMALLEST.get(worker_type, MACHINE), **(worker or {})}
    said = description(worker_type, keys)
    sections = {
        "run": {"using": "run-task", **section},
        **({"fetches": {"x": ["y"]}} if fetches else {}),
    }
    ctx = context(settings={"repositories": repositories, **(settings or {})}, **parameters)
    return define(ctx, run(ctx, attrs.evolve(said, sections=sections)))


def payload(*args: Any, **kwargs: Any) -> Any:
    return made(*args, **kwargs).definition["payload"]


def test_a_container_checks_out_and_runs_a_line_of_bash_at_the_top_of_the_tree() -> None:
    task = made({"command": "make package"})

    found = task.definition["payload"]
    assert found["command"] == [
        "/usr/local/bin/run-task",
        "--vcs-checkout=/builds/worker/checkouts/vcs",
        "--task-cwd=/builds/worker/checkouts/vcs",
        "--",
        "bash",
        "-cx",
        "make package",
    ]
    env = found["env"]
    assert env["VCS_HEAD_REPOSITORY"] == "https://github.com/example/app"
    assert env["VCS_HEAD_REV"] == "d7bbc5812f7f36a9378165fffd7a058ddb0118ec"
    assert env["VCS_REPOSITORY_TYPE"] in {"git", "hg"}
    assert json.loads(env["REPOSITORIES"]) == {"vcs": "app"}
    assert env["VCS_PATH"] == "/builds/worker/checkouts/vcs"
    assert env["MOZ_SCM_LEVEL"] == "3"
    assert env["TASKCLUSTER_CACHES"] == "/builds/worker/checkouts"
    assert found["features"]["taskclusterProxy"] is True
    assert found["onExitStatus"] == {"retry": [72], "purgeCaches": [72]}
    ((name, place),) = found["cache"].items()
    assert name.startswith("app-level-3-checkouts-")
    assert place == "/builds/worker/checkouts"
    assert f"docker-worker:cache:{name}" in task.definition["scopes"]
    assert problems(task) == []


def test_without_a_checkout_nothing_of_it_is_there() -> None:
    found = payload({"command": ["true"], "checkout": False})

    assert found["command"] == ["/usr/local/bin/run-task", "--", "true"]
    assert found["env"] == {"MOZ_SCM_LEVEL": "3"}
    assert not {"cache", "onExitStatus"} & found.keys()
    assert found["features"] == {}


def test_root_profile_folder_and_shell_are_those_that_are_said() -> None:
    section = {"command": "x", "cwd": "app", "run-as-root": True, "sparse-profile": "p"}
    words = payload({**section, "exec-with": "powershell", "workdir": "/w"})["command"]

    assert words[1:] == [
        "--user=root",
        "--group=root",
        "--vcs-checkout=/w/checkouts/vcs",
        "--vcs-sparse-profile=p",
        "--task-cwd=/w/checkouts/vcs/app",
        "--",
        "powershell.exe",
        "-ExecutionPolicy",
        "Bypass",
        "x",
    ]


def test_caches_have_a_variable_each_and_untrusted_ones_say_so() -> None:
    found = payload({"command": "x", "use-caches": ["pip", "cargo"]}, level="1")

    assert found["env"]["PIP_CACHE_DIR"] == "/builds/worker/.cache/pip"
    assert found["env"]["CARGO_HOME"] == "/builds/worker/.cache/cargo"
    assert (
        found["env"]["TASKCLUSTER_CACHES"]
        == "/builds/worker/.cache/cargo;/builds/worker/.cache/pip"
    )
    assert found["env"]["TASKCLUSTER_UNTRUSTED_CACHES"] == "1"
    assert sorted(found["cache"].values()) == [
        "/builds/worker/.cache/cargo",
        "/builds/worker/.cache/pip",
    ]


def test_what_the_worker_says_wins_and_is_kept() -> None:
    worker = {
        "env": {"MOZ_SCM_LEVEL": "x"},
        "caches": [{"name": "own", "mount-point": "/own"}],
        "retry-exit-status": [4],
        "purge-caches-exit-status": [72],
    }
    found = payload({"command": "x", "env": {"A": "b"}}, worker=worker)

    assert (found["env"]["MOZ_SCM_LEVEL"], found["env"]["A"]) == ("x", "b")
    assert len(found["cache"]) == 2
    assert found["onExitStatus"] == {"retry": [4, 72], "purgeCaches": [72]}


def test_several_repositories_lie_side_by_side_with_their_own_cache_and_secret() -> None:
    task = made(
        {"command": "x", "checkout": {"vcs": {}, "ci": {"ref": "next"}}}, repositories=(VCS, CI)
    )
    alone = payload({"command": "x"})

    found = task.definition["payload"]
    assert found["command"][1:4] == [
        "--vcs-checkout=/builds/worker/checkouts/vcs/vcs",
        "--ci-checkout=/builds/worker/checkouts/vcs/ci-configs",
        "--task-cwd=/builds/worker/checkouts/vcs",
    ]
    assert found["env"]["CI_HEAD_REPOSITORY"] == "https://example.com/ci"
    assert found["env"]["CI_HEAD_REF"] == "next"
    assert "CI_HEAD_REV" not in found["env"]
    assert found["env"]["CI_SSH_SECRET_NAME"] == "app/key"
    assert "secrets:get:app/key" in task.definition["scopes"]
    assert found["cache"].keys() != alone["cache"].keys()


def test_a_machine_mounts_the_programs_of_the_decision_task() -> None:
    task = made({"command": "make"}, "machine", fetches=True)

    found = task.definition["payload"]
    assert found["command"][0] == ["chmod", "+x", "run-task"]
    assert found["command"][1][:3] == [
        "./run-task",
        "--vcs-checkout=checkouts/vcs",
        "--task-cwd=checkouts/vcs",
    ]
    contents = {one["file"]: one["content"] for one in found["mounts"] if "file" in one}
    assert contents == {
        name: {"artifact": f"public/{name}", "taskId": {"task-reference": "<decision>"}}
        for name in ("run-task", "fetch-content")
    }
    (cache,) = (one for one in found["mounts"] if "cacheName" in one)
    assert cache["directory"] == "checkouts"
    assert f"generic-worker:cache:{cache['cacheName']}" in task.definition["scopes"]
    # A machine gives its caches to the user of each task; their owner is no concern of run-task.
    assert "TASKCLUSTER_CACHES" not in found["env"]


def test_without_fetches_only_run_task_is_mounted() -> None:
    mounts = payload({"command": "make"}, "machine")["mounts"]

    assert [one["file"] for one in mounts if "file" in one] == ["run-task"]


@pytest.mark.parametrize(
    ("section", "what"),
    [
        ({"command": "x", "checkout": {"nothing": {}}}, "nothing"),
        ({"command": "x", "checkout": {"ci": {}}}, "repository `ci` has no address"),
        ({"using": "mach", "command": "x"}, "no handler is called `mach`"),
    ],
)
def test_what_cannot_be_run_is_refused(section: Mapping[str, Any], what: str) -> None:
    with pytest.raises(Refusal, match=what):
        made(section, repositories=(VCS, CheckedOut("ci", "ci")))


def test_two_commands_are_refused() -> None:
    with pytest.raises(Refusal, match="command of its own"):
        made({"command": "x"}, worker={"command": "y"})


def test_a_worker_that_runs_no_commands_is_refused() -> None:
    with pytest.raises(Refusal, match="runs no commands"):
        made({"command": "x"}, "signing")


HANDLER = """
from voluptuous import Required

SCHEMA = {Required("tasks"): [str]}


def run(section, parameters, place):
    return {"command": ["./gradlew", *section["tasks"]], "use-caches": [CACHE], "env": {"G": "1"}}
"""


@pytest.fixture
def handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"handlers_{tmp_path.name}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    (tmp_path / name / "gradle.py").write_text(HANDLER.replace("CACHE", '"pip"'))
    (tmp_path / name / "wrong.py").write_text(HANDLER.replace("CACHE", '"nothing"'))
    (tmp_path / name / "artful.py").write_text(ARTFUL)
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def test_a_handler_of_the_project_turns_its_section_into_a_command(handler: str) -> None:
    found = payload({"using": f"{handler}.gradle", "tasks": ["assemble"]})

    assert found["command"][-2:] == ["./gradlew", "assemble"]
    assert found["env"]["G"] == "1"
    assert list(found["cache"].values()) == ["/builds/worker/.cache/pip"]


@pytest.mark.parametrize(
    ("module", "section", "code"),
    [("gradle", {"task": "x"}, "K203"), ("wrong", {"tasks": []}, "K201"), ("none", {}, "T418")],
)
def test_what_a_handler_does_not_take_or_may_not_give_is_told(
    handler: str, module: str, section: Mapping[str, Any], code: str
) -> None:
    with pytest.raises(RelproError) as caught:
        made({"using": f"{handler}.{module}", **section})
    assert [one.code for one in caught.value.diagnostics] == [code]


SPEECH = RunTaskSettings(
    program={"by-level": {"3": "/images/run-task", "default": "/usr/bin/run-task"}},
    options=["--fetch-fingerprint"],
    secrets=["fingerprint"],
    folder="app",
    path_variable="APP_PATH",
    variables=["HEAD_REV"],
    separate_cwd=True,
    checkout_cache="clones",
    sparse_cache="sparse-clones",
    cache_version="v3",
    revision="r1",
)


def test_images_with_a_run_task_of_their_own_are_told_what_it_reads() -> None:
    task = made({"command": "make", "sparse-profile": "p"}, settings={"run_task": SPEECH})

    found = task.definition["payload"]
    assert found["command"][:6] == [
        "/images/run-task",
        "--vcs-checkout=/builds/worker/checkouts/app",
        "--vcs-sparse-profile=p",
        "--fetch-fingerprint",
        "--task-cwd",
        "/builds/worker/checkouts/app",
    ]
    said = {name for name in found["env"] if name.startswith(("VCS_", "APP_", "REPO"))}
    assert said == {"VCS_HEAD_REV", "APP_PATH"}
    (name,) = found["cache"]
    assert re.fullmatch(r"app-level-3-sparse-clones-v3-[0-9a-f]{20}", name)
    assert "secrets:get:fingerprint" in task.definition["scopes"]


def test_caches_outlive_no_change_of_what_the_images_are_made_of() -> None:
    names = [
        next(
            iter(made({"command": "x"}, settings={"run_task": said}).definition["payload"]["cache"])
        )
        for said in (SPEECH, attrs.evolve(SPEECH, revision="r2"), attrs.evolve(SPEECH, revision=""))
    ]
    assert len({*names}) == len(names)


@pytest.mark.parametrize(
    ("program", "code"), [("{versions}", "T401"), ("{release-history}", "T403")]
)
def test_a_setting_that_has_no_text_for_the_release_is_refused(program: str, code: str) -> None:
    with pytest.raises(RelproError) as caught:
        made({"command": "x"}, settings={"run_task": attrs.evolve(SPEECH, program=program)})
    assert [one.code for one in caught.value.diagnostics] == [code]


def test_no_folder_is_named_where_the_command_stays_where_the_image_works() -> None:
    words = payload({"command": "x", "cwd": None})["command"]
    assert not any("cwd" in word for word in words)


def test_a_handler_of_a_short_name_adds_to_the_worker(handler: str) -> None:
    using = attrs.evolve(RunTaskSettings(), using={"gradle": f"{handler}.artful"})
    worker = {"artifacts": [{"name": "public/own", "path": "/own"}], "env": {"A": "own"}}

    found = made({"using": "gradle"}, worker=worker, settings={"run_task": using})

    made_of_it = found.definition["payload"]
    assert sorted(made_of_it["artifacts"]) == ["public/apk", "public/own"]
    assert (made_of_it["env"]["A"], made_of_it["env"]["B"]) == ("own", "3")
    assert made_of_it["maxRunTime"] == 60


ARTFUL = """
SCHEMA = {}


def run(section, parameters, place):
    return {
        "command": "make",
        "worker": {
            "artifacts": [{"name": "public/apk", "path": "/apk"}],
            "env": {"A": "handler", "B": parameters.level},
            "max-run-time": 1,
        },
    }
"""


def git(root: Path, *words: str) -> str:
    ran = subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *words],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout.strip()


def test_a_machine_that_does_as_it_is_told_runs_the_command_in_the_exact_revision(
    tmp_path: Path,
) -> None:
    root, folder = tmp_path / "app", tmp_path / "task"
    (root / "deep").mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    for text in ("first", "second"):
        (root / "deep/said").write_text(text)
        git(root, "add", ".")
        git(root, "commit", "--quiet", "-m", text)
    facts = {
        "head_repository": root.as_uri(),
        "base_repository": root.as_uri(),
        "head_rev": git(root, "rev-parse", "HEAD^"),
        "head_ref": "main",
        "repository_type": "git",
    }
    line = "cat said > ../../../made; echo $PIP_CACHE_DIR"
    # Where root runs the tests there is no user `worker`; for anyone else this changes nothing.
    section = {"command": line, "cwd": "deep", "run-as-root": True}

    found = payload({**section, "use-caches": ["checkout", "pip"]}, "machine", **facts)

    folder.mkdir()
    for mount in found["mounts"]:
        if "file" in mount:
            program = PROGRAMS[mount["content"]["artifact"].removeprefix("public/")]
            shutil.copy(program, folder / mount["file"])
        else:
            (folder / mount["directory"]).mkdir(parents=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **found["env"]}
    said = ""
    for command in found["command"]:
        ran = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        said += ran.stdout
    assert (folder / "made").read_text() == "first"
    assert str(folder / ".cache/pip") in said
