"""Plans: saved, shown, compared, applied."""

import os
import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from relpro.embedded import EmbeddedTaskcluster, Fault
from relpro.errors import RelproError
from relpro.pipeline import Pipeline
from relpro.plan.drift import drift
from relpro.plan.plan import digest_of, make_plan, read_plan
from relpro.plan.root_task import root_id
from relpro.plan.tree import tree_digests
from relpro.project import Project
from tests.actions.requests import HISTORY
from tests.actions.small_project import (
    DECISION,
    PARAMETERS,
    PARTIALS,
    push_of,
    write_json,
    write_project,
)
from tests.cli.conftest import Run
from tests.cli.groups import use

ORIGINAL = "description: Compile for Linux"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path / "app")


@pytest.fixture
def parameters(tmp_path: Path) -> str:
    return str(write_json(tmp_path / "parameters.json", dict(PARAMETERS)))


@pytest.fixture
def saved(project: Project, parameters: str, relpro: Run, tmp_path: Path) -> str:
    """A plan of a push, in a file."""
    path = str(tmp_path / "plan.json")
    ran = relpro("plan", "--root", str(project.root), "-p", parameters, "-o", path)
    assert ran.code == 0, ran.err
    return path


CONFIG_OF_NOTHING = """
trust-domain: t
products: [p]
workers: {aliases: {}}
target-tasks-method: m
target-methods: {m: {}}
"""


def edit(project: Project, old: str, new: str) -> None:
    path = project.root / "kinds" / "build" / "build.yml"
    path.write_text(path.read_text().replace(old, new))


def test_the_same_inputs_give_the_same_bytes(project: Project) -> None:
    assert make_plan(push_of(project)).encode() == make_plan(push_of(project)).encode()


def test_a_plan_does_not_depend_on_who_carries_it_out(project: Project) -> None:
    given = push_of(project).given
    elsewhere = Pipeline(project, given, creator=DECISION, root_url="https://tc.example.org")
    assert make_plan(elsewhere).digest == make_plan(Pipeline(project, given)).digest


def test_a_saved_plan_reads_back_as_it_was(project: Project, tmp_path: Path) -> None:
    plan = make_plan(push_of(project))
    path = tmp_path / "plan.json"
    path.write_bytes(plan.encode())
    assert read_plan(path) == plan


def test_says_what_is_created_reused_and_dropped(project: Project) -> None:
    existing = {"build-linux64": "BuildLinuQaaAAAAAAAAAA"}
    values = {**PARAMETERS, "existing_tasks": existing, "release_product": "app"}
    plan = make_plan(Pipeline.of(project, values))
    assert set(plan.create) == {"build-win64"}
    assert plan.reuse == existing
    assert plan.policy.keys() >= {"queue_and_workers_accept_every_body"}


def test_a_saved_plan_is_shown(project: Project, saved: str, relpro: Run) -> None:
    ran = relpro("plan", saved)
    assert ran.code == 0
    assert ran.out.splitlines()[0] == f"plan {orjson.loads(Path(saved).read_bytes())['digest']}"
    assert "create 2 tasks" in ran.out
    assert "       2  build" in ran.out


def test_showing_a_plan_takes_no_other_options(saved: str, relpro: Run) -> None:
    assert relpro("plan", saved, "--phase", "promote").code == 2


def test_a_plan_of_a_phase_assumes_that_earlier_ones_ran(
    project: Project, parameters: str, relpro: Run
) -> None:
    ran = relpro("plan", "--root", str(project.root), "-p", parameters, "--phase", "push")
    assert "create 1 task\n" in ran.out
    assert "       1  release" in ran.out


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        (ORIGINAL, "description: Compile", "new task `build-linux64` has changed"),
        ("  win64:", "  win32:", "new task `build-win64` is gone"),
        ("  win64:", "  win32:", "new task `build-win32` was not there"),
        (ORIGINAL, ORIGINAL + "  # a comment", "file `kinds/build/build.yml` has changed"),
    ],
)
def test_apply_refuses_and_names_what_moved_in_the_tree(
    project: Project, saved: str, relpro: Run, old: str, new: str, moved: str
) -> None:
    edit(project, old, new)
    ran = relpro("apply", saved, "--root", str(project.root), "--dry-run")
    assert ran.code == 4
    assert f"error[Q708]: {moved}, since the plan was made" in ran.err


def test_apply_names_the_parameter_that_moved(project: Project, saved: str, relpro: Run) -> None:
    words = ("--root", str(project.root), "--dry-run", "--param", "build_number=2")
    ran = relpro("apply", saved, *words)
    assert ran.code == 4
    assert "parameter `build_number` has changed" in ran.err


def test_apply_accepts_the_parameters_of_the_plan(
    project: Project, saved: str, parameters: str, relpro: Run
) -> None:
    ran = relpro("apply", saved, "--root", str(project.root), "-p", parameters, "--dry-run")
    assert (ran.code, ran.err) == (0, "")


def test_an_edited_plan_is_refused(saved: str, project: Project, relpro: Run) -> None:
    content = orjson.loads(Path(saved).read_bytes())
    content["create"].pop("build-win64")
    write_json(Path(saved), content)
    ran = relpro("apply", saved, "--root", str(project.root))
    assert ran.code == 4
    assert "its digest is not that of its content" in ran.err


@pytest.mark.parametrize("name", ["parameters-digest", "tree-digest"])
def test_a_plan_whose_inner_digests_are_wrong_is_refused(
    name: str, saved: str, project: Project, relpro: Run
) -> None:
    content = orjson.loads(Path(saved).read_bytes())
    content["inputs"][name] = "0" * 64
    write_json(Path(saved), content)
    ran = relpro("apply", saved, "--root", str(project.root))
    assert ran.code == 4
    assert "its digest is not that of its content" in ran.err


@pytest.mark.parametrize(
    ("part", "name", "value", "code"),
    [
        ("parameters", "build_number", "yesterday", "P501"),
        ("parameters", "buildnumber", 1, "P502"),
        ("parameters", "project", None, "P503"),
        ("goal", "fresh", "no", "Q711"),
        ("goal", "kinds", "build", "Q711"),
        ("goal", "more", 1, "Q711"),
    ],
)
def test_a_plan_made_by_hand_is_held_to_what_every_plan_is(
    part: str, name: str, value: Any, code: str, saved: str, project: Project, relpro: Run
) -> None:
    content = orjson.loads(Path(saved).read_bytes())
    inputs = content["inputs"]
    holder = inputs["parameters"] if part == "parameters" else content["goal"]
    holder[name] = value
    if value is None:
        del holder[name]
    inputs["parameters-digest"] = digest_of(inputs["parameters"])
    content["digest"] = digest_of({k: v for k, v in content.items() if k != "digest"})
    write_json(Path(saved), content)
    ran = relpro("apply", saved, "--root", str(project.root), "--dry-run")
    assert (ran.code, "Traceback" in ran.err) == (2, False)
    assert f"error[{code}]" in ran.err


@pytest.mark.parametrize(
    ("name", "twice"),
    [
        ("goal", '"goal": {"phase": "ship"}, "goal": '),
        ("build_number", '"build_number": 9, "build_number": '),
        ("create", '"create": {}, "create": '),
    ],
)
def test_a_plan_that_says_a_thing_twice_is_none(
    saved: str, relpro: Run, name: str, twice: str
) -> None:
    path = Path(saved)
    text = path.read_text()
    path.write_text(text.replace(f'"{name}": ', twice, 1))
    for command in ("plan", "apply"):
        ran = relpro(command, saved)
        assert ran.code == 2
        assert f"it is not a plan: it has `{name}` twice" in ran.err


@pytest.mark.parametrize("depth", [120, 300, 900, 5000])
def test_a_plan_that_is_nested_too_deep_is_none(saved: str, relpro: Run, depth: int) -> None:
    path = Path(saved)
    text = path.read_text().replace('"message": ""', '"message": ' + "[" * depth + "]" * depth)
    assert "[[[" in text
    path.write_text(text)
    for command in ("plan", "apply"):
        ran = relpro(command, saved)
        assert ran.code == 2
        assert re.search(r"error\[(Q711|P501)\]", ran.err), ran.err


@pytest.mark.parametrize(
    ("name", "value"),
    [("goal", {}), ("create", ["build-linux64"]), ("drop", {"a": 1}), ("policy", None)],
)
def test_a_plan_that_was_sealed_by_hand_must_still_be_one(
    saved: str, relpro: Run, name: str, value: Any
) -> None:
    facts = {**orjson.loads(Path(saved).read_bytes()), name: value}
    del facts["digest"]
    write_json(Path(saved), {**facts, "digest": digest_of(facts)})
    ran = relpro("plan", saved)
    assert (ran.code, ran.err.count("error[Q711]")) == (2, 1), ran.err
    assert "it is not a plan" in ran.err


def test_a_plan_that_cannot_be_saved_is_told(
    tmp_path: Path, parameters: str, project: Project, relpro: Run
) -> None:
    path = tmp_path / "missing" / "plan.json"
    ran = relpro("plan", "--root", str(project.root), "-p", parameters, "-o", str(path))
    assert ran.code == 2
    assert f"error[Q711]: `{path}` cannot be used: no such file or directory" in ran.err


@pytest.mark.parametrize("content", [b"{}", b"nothing", b"[]", b'{"format": 9}'])
def test_what_is_no_plan_is_told(
    tmp_path: Path, relpro: Run, project: Project, content: bytes
) -> None:
    path = tmp_path / "no-plan.json"
    path.write_bytes(content)
    ran = relpro("apply", str(path), "--root", str(project.root))
    assert ran.code == 2
    assert "error[Q711]" in ran.err


def test_a_missing_plan_is_told(tmp_path: Path, relpro: Run) -> None:
    ran = relpro("plan", str(tmp_path / "missing.json"))
    assert ran.code == 2
    assert "no such file" in ran.err


def test_equal_plans_have_not_moved(project: Project) -> None:
    plan = make_plan(push_of(project))
    assert list(drift(plan, plan)) == []


def test_apply_creates_a_group_that_starts_when_it_is_complete(
    project: Project, saved: str, relpro: Run, service: EmbeddedTaskcluster
) -> None:
    ran = relpro("apply", saved, "--root", str(project.root))
    assert ran.code == 0, ran.err
    group = ran.out.split()[2]
    states = named_states(service, group)
    assert states == {
        "relpro apply": "pending",
        "build-linux64": "unscheduled",
        "build-win64": "unscheduled",
    }
    assert service.task(group)["dependencies"] == [group]


def test_apply_leaves_no_root_behind_where_scopes_are_missing(
    project: Project,
    saved: str,
    relpro: Run,
    service: EmbeddedTaskcluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of_the_root = ("queue:create-task:project:none", "queue:scheduler-id:*")
    use(monkeypatch, service, *of_the_root)
    ran = relpro("apply", saved, "--root", str(project.root))
    assert (ran.code, ran.err.count("error[Q704]")) == (4, 1), ran.err
    assert "for `build`:" in ran.err
    assert service.tasks() == {}


def test_apply_by_one_who_may_not_let_tasks_start_creates_nothing(
    project: Project,
    saved: str,
    relpro: Run,
    service: EmbeddedTaskcluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, service, "queue:create-task:*", "queue:scheduler-id:*", "queue:route:*")
    ran = relpro("apply", saved, "--root", str(project.root))
    assert ran.code == 4
    assert "for `relpro apply`:" in ran.err
    assert "queue:schedule-task:gecko-level-3/" in ran.err
    assert service.tasks() == {}


def test_apply_needs_these_scopes_and_no_others(
    project: Project,
    saved: str,
    relpro: Run,
    service: EmbeddedTaskcluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those of docs/explanation/security.md: of creation, and of one call after it."""
    group = root_id(read_plan(Path(saved)))
    scopes = {
        "queue:create-task:project:none",
        "queue:scheduler-id:gecko-level-3",
        f"queue:schedule-task:gecko-level-3/{group}/{group}",
    }
    made = push_of(project).morphed
    for task in made.graph:
        body = task.definition
        pool = f"{body['provisionerId']}/{body['workerType']}"
        assert pool == "built-in/succeed"  # that of the root, whose priority is lower
        scopes |= {f"queue:create-task:{body['priority']}:{pool}", *body["scopes"]}
        scopes |= {f"queue:route:{route}" for route in body["routes"]}
    for left_out in sorted(scopes):
        use(monkeypatch, service, *(scopes - {left_out}))
        ran = relpro("apply", saved, "--root", str(project.root))
        assert (ran.code, left_out in ran.err) == (4, True), ran.err
        assert service.tasks() == {}
    use(monkeypatch, service, *scopes)
    ran = relpro("apply", saved, "--root", str(project.root))
    assert ran.code == 0, ran.err
    called = [call.method for call in service.calls]
    last = len(called) - called[::-1].index("createTask")
    assert called[last:] == ["scheduleTask"]


def test_apply_again_creates_nothing_new(
    project: Project, saved: str, relpro: Run, service: EmbeddedTaskcluster
) -> None:
    relpro("apply", saved, "--root", str(project.root))
    before = service.tasks()
    ran = relpro("apply", saved, "--root", str(project.root))
    assert ran.out.endswith("0 tasks created, 2 there already\n")
    assert service.tasks() == before


def test_apply_on_a_desk_outlasts_an_outage_once_it_creates(
    project: Project,
    saved: str,
    relpro: Run,
    service: EmbeddedTaskcluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("relpro.submit.patience.MOMENT", 0.1)
    service.faults.add(Fault("error-before", {"createTask"}, times=3))
    ran = relpro("apply", saved, "--root", str(project.root))
    assert (ran.code, ran.err) == (0, "")
    assert len(service.tasks()) == 3


def test_apply_on_a_desk_soon_tells_that_nobody_answers(
    project: Project,
    saved: str,
    relpro: Run,
    service: EmbeddedTaskcluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("relpro.submit.patience.MOMENT", 0.1)
    service.faults.add(Fault("error-before"))
    ran = relpro("apply", saved, "--root", str(project.root))
    assert ran.code == 3
    assert "error[Q702]" in ran.err


@pytest.mark.parametrize("delay", [0])
def test_the_next_phase_builds_on_a_group_that_was_applied_and_recorded(
    project: Project, saved: str, relpro: Run, service: EmbeddedTaskcluster, tmp_path: Path
) -> None:
    root, recorded = str(project.root), str(tmp_path / "recorded")
    pushed = relpro("apply", saved, "--root", root, "--record", recorded)
    assert pushed.code == 0, pushed.err
    group = pushed.out.split()[2]
    given = {"release_promotion_flavor": "promote_app", "build_number": 1, "version": "1.0"}
    asked = write_json(tmp_path / "promote.json", {**given, "partial_updates": PARTIALS})
    answers = write_json(tmp_path / "answers.json", {"release_history": HISTORY})
    path = str(tmp_path / "promote.plan.json")
    words = ["--group", group, "--artifacts", recorded, "--answers", str(answers), "-o", path]
    words += ["--root", root, "--input", str(asked), "--dry-run"]
    ran = relpro("action", "release-promotion", *words)
    assert ran.code == 0, ran.err
    promoted = relpro("apply", path, "--root", root)
    assert promoted.code == 0, promoted.err
    builds = {
        task_id
        for task_id, task in service.tasks(group).items()
        if task["metadata"]["name"].startswith("build-")
    }
    created = service.tasks(promoted.out.split()[2])
    assert {one for task in created.values() for one in task["dependencies"]} >= builds
    assert "build-linux64" not in {task["metadata"]["name"] for task in created.values()}


@pytest.mark.parametrize(("more", "code"), [((), 4), (("--dry-run",), 0)])
def test_apply_creates_nothing_over_tasks_that_are_only_assumed(
    project: Project,
    parameters: str,
    relpro: Run,
    service: EmbeddedTaskcluster,
    tmp_path: Path,
    more: tuple[str, ...],
    code: int,
) -> None:
    path, root = str(tmp_path / "push.json"), str(project.root)
    assert relpro("plan", "--root", root, "-p", parameters, "--phase", "push", "-o", path).code == 0
    ran = relpro("apply", path, "--root", root, *more)
    assert ran.code == code
    assert "are only assumed to exist" in ran.err
    assert service.tasks() == {}


def named_states(service: EmbeddedTaskcluster, group: str) -> dict[str, Any]:
    states = service.states(group)
    return {task["metadata"]["name"]: states[key] for key, task in service.tasks(group).items()}


def test_every_file_that_is_read_is_watched(tmp_path: Path) -> None:
    project = write_project(tmp_path / "app")
    (project.root / "version.txt").write_text("1.0\n")
    config = project.root / "kinds" / "config.yml"
    config.write_text(config.read_text().replace("{default: '1.0'}", "{file: ../version.txt}"))
    before = tree_digests(Project(project.root))
    (project.root / "version.txt").write_text("1.1\n")
    after = tree_digests(Project(project.root))
    assert {name for name in before if before[name] != after[name]} == {"version.txt"}


@pytest.mark.parametrize("name", ["../../version.txt", "../.git/HEAD", "links/HEAD"])
def test_a_file_outside_the_project_is_no_input(name: str, tmp_path: Path) -> None:
    project = write_project(tmp_path / "app")
    (tmp_path / "version.txt").write_text("1.0\n")
    (project.root / ".git").mkdir()
    (project.root / ".git" / "HEAD").write_text("1.0\n")
    (project.root / "kinds" / "links").symlink_to("../.git")
    config = project.root / "kinds" / "config.yml"
    config.write_text(config.read_text().replace("{default: '1.0'}", f"{{file: {name}}}"))
    with pytest.raises(RelproError, match="outside the project"):
        _ = Project(project.root).inputs


def test_a_plan_records_the_files_of_the_tree_that_were_asked_for(tmp_path: Path) -> None:
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds/config.yml").write_text(CONFIG_OF_NOTHING)
    (tmp_path / "one.sh").write_text("1")
    (tmp_path / "other.sh").write_text("2")
    project = Project(tmp_path)
    (asked,) = project.tree.files(["one.sh"])

    digests = tree_digests(project)

    assert digests["one.sh"] == asked.digest
    assert "other.sh" not in digests


def test_a_file_name_that_no_plan_could_hold_is_refused(project: Project) -> None:
    name = os.fsdecode(b"caf\xe9.json")
    (project.root / "kinds" / name).write_bytes(b"{}")
    with pytest.raises(RelproError, match=r"K237.*`kinds/caf\\xe9\.json` is not UTF-8"):
        make_plan(push_of(project))


def test_a_plan_whose_parameters_cannot_be_is_not_even_shown(saved: str, relpro: Run) -> None:
    content = orjson.loads(Path(saved).read_bytes())
    del content["inputs"]["parameters"]["version"]
    content["inputs"]["parameters"]["build_number"] = "one"
    Path(saved).write_bytes(orjson.dumps(content))
    ran = relpro("plan", saved)
    assert ran.code == 2
    assert "P503" in ran.err
    assert f'P501]: parameter `build_number` must be a whole number, got "one"\n  --> {saved}' in (
        ran.err
    )
