"""What `relpro scopes` prints is what a Taskcluster must grant: no less, and no more."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import orjson
import pytest
from taskcluster.exceptions import TaskclusterRestFailure

from relpro.actions.action import Action, Generate, Request
from relpro.actions.group import GroupGraph
from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.grants.roles import ITSELF, Role, least, roles
from relpro.project import Project
from tests.actions.small_project import write_project
from tests.cli.conftest import Ran, Run, relpro
from tests.cli.groups import use
from tests.grants.stage import HOOKS, PATH, Stage

__all__ = ["relpro"]

MAIN = f"repo:{PATH}:branch:main"
PROMOTION = f"repo:{PATH}:action:release-promotion"
GENERIC = f"repo:{PATH}:action:generic"
PUSH = "a push to branch main of widget"

Try = Callable[[], tuple[str, Ran]]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once(claim_wait=0)) as running:
        use(monkeypatch, running, "*")
        yield running


@pytest.fixture
def stage(
    tmp_path: Path, service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> Stage:
    stage = Stage(tmp_path, service, relpro, monkeypatch)
    stage.start()
    stage.grant(stage.printed())
    return stage


def kinds_of(stage: Stage) -> Mapping[str, str]:
    """Kind -> the folder of its phase."""
    kinds = Project(stage.root).kinds
    return {name: kind.phase.value for name, kind in kinds.items()}


def found(stage: Stage) -> Mapping[str, Role]:
    template = (stage.root / ".taskcluster.yml").read_bytes()
    return {role.name: role for role in roles(Project(stage.root), template, {})}


def refused_without(stage: Stage, role: Role, scope: str, attempt: Try) -> None:
    """Nothing is created while the role lacks a scope, and whoever is told is told which."""
    stage.grant({role.name: [one for one in role.scopes if one != scope]})
    before = stage.service.tasks()
    try:
        task_id, ran = attempt()
    except TaskclusterRestFailure as failure:
        said, made = str(failure), stage.service.tasks().keys() - before.keys()
    else:
        assert ran.code != 0, f"{scope} is not needed"
        assert "error[Q704]" in ran.err, ran.err
        said, made = ran.err, stage.service.tasks().keys() - before.keys() - {task_id}
    assert scope.removesuffix("*") in said
    assert not made
    stage.grant({role.name: list(role.scopes)})


@pytest.mark.slow
def test_every_flavor_runs_with_exactly_what_is_printed_and_with_nothing_less(
    stage: Stage,
) -> None:
    known = found(stage)
    # Its role holds for every branch, so for this one too.
    stage.grant({f"repo:{PATH}:branch:*": []})
    for scope in known[MAIN].scopes:
        refused_without(stage, known[MAIN], scope, lambda: stage.happens(PUSH))
    decision, ran = stage.happens(PUSH)
    assert ran.code == 0, ran.err
    stage.complete(decision)
    groups, phases = [decision], kinds_of(stage)
    left = dict(known[PROMOTION].scopes)
    for phase in ("promote", "push", "ship"):
        flavor = f"{phase}_widget"
        for scope, kinds in tuple(left.items()):
            if ITSELF in kinds or phase in {phases[kind] for kind in kinds} or _gate(scope, phase):
                del left[scope]
                attempt = lambda: stage.promote(flavor, groups)  # noqa: B023, E731
                refused_without(stage, known[PROMOTION], scope, attempt)
        group, ran = stage.promote(flavor, groups)
        assert ran.code == 0, ran.err
        stage.complete(group)
        groups.append(group)
    assert not left


def _gate(scope: str, phase: str) -> bool:
    """Whether the scope is that of a gate: their kind is of the first phase, they are of others."""
    gates = {"push": ("signoff/qa", "built-in/succeed"), "ship": ("signoff/release-management",)}
    return scope.endswith(gates.get(phase, ("no such scope",)))


@pytest.mark.parametrize(
    "about",
    [
        "a pull request",
        "cron job nightly of widget",
        "a push of a tag",
        "a push to any other branch",
    ],
)
def test_other_decisions_run_with_exactly_what_is_printed(about: str, stage: Stage) -> None:
    task_id, ran = stage.happens(about)
    assert ran.code == 0, ran.err
    made = stage.service.tasks(task_id)
    assert "build-widget-linux" in {task["metadata"]["name"] for task in made.values()}


def test_actions_on_a_push_run_with_exactly_what_is_printed(stage: Stage) -> None:
    decision, _ = stage.happens(PUSH)
    names = {
        task["metadata"]["name"]: task_id for task_id, task in stage.service.tasks(decision).items()
    }
    docker = names["docker-image-build"]
    role = found(stage)[GENERIC]
    rerun = [scope for scope in role.scopes if ":rerun-task:" in scope]
    assert len(rerun) == 1
    stage.grant({GENERIC: [one for one in role.scopes if one not in rerun]})
    _, ran = stage.asked("cancel", decision, {}, docker)
    assert ran.code == 0, ran.err
    _, ran = stage.asked("rerun", decision, {}, docker)
    assert rerun[0].removesuffix("*") in ran.err
    stage.grant({GENERIC: list(role.scopes)})
    _, ran = stage.asked("rerun", decision, {}, docker)
    assert ran.code == 0, ran.err
    own, ran = stage.asked("add-new-tasks", decision, {"tasks": ["build-widget-linux"]})
    assert ran.code == 0, ran.err
    assert [task["metadata"]["name"] for task in stage.service.tasks(own).values()] == [
        "build-widget-linux"
    ]


def test_a_flavor_that_cannot_run_is_told_and_needs_nothing(stage: Stage) -> None:
    before = stage.printed()
    config = stage.root / "kinds" / "config.yml"
    broken = """\
    ship_quickly:
      phase: ship
      product: widget
      target-tasks-method: ship
      parameters: {build_number: quick}
"""
    config.write_text(
        config.read_text().replace("    ship_widget:\n", f"{broken}    ship_widget:\n")
    )
    ran = stage.relpro("scopes", "--root", str(stage.root), "--format", "json")
    assert ran.code == 0
    assert "warning[Q707]: flavor `ship_quickly` cannot run in project `widget`" in ran.err
    assert "must be a whole number" in ran.err
    assert {role["roleId"]: role["scopes"] for role in orjson.loads(ran.out)["roles"]} == before


def test_what_is_granted_and_not_needed_is_named(stage: Stage) -> None:
    roles = stage.printed()
    path = stage.folder / "roles.json"

    def compared() -> Ran:
        listed = [{"roleId": name, "scopes": scopes} for name, scopes in roles.items()]
        path.write_bytes(orjson.dumps({"roles": listed}))
        return stage.relpro("scopes", "--root", str(stage.root), "--granted", str(path))

    assert compared() == Ran(0, "what is granted is what is needed\n", "")
    roles[MAIN] += ["queue:route:index.*", "secrets:get:*"]
    roles[MAIN].remove("queue:route:checks")
    roles["repo:github.com/me/other:*"] = ["queue:cancel-task:*"]
    assert compared() == Ran(
        1,
        "repo:github.com/me/other:*\n  - queue:cancel-task:*\n"
        f"{MAIN}\n  + queue:route:checks\n  - secrets:get:*\n",
        "",
    )


def test_roles_of_hooks_assume_those_of_the_repository(stage: Stage) -> None:
    printed = stage.printed()
    assert printed[f"{HOOKS}-generic/*"] == [f"assume:{GENERIC}"]
    assert printed[f"{HOOKS}-release-promotion/*"] == [f"assume:{PROMOTION}"]
    assert not any("release" in scope and "cert" in scope for scope in printed[GENERIC])


def test_each_scope_says_what_needs_it(stage: Stage) -> None:
    ran = stage.relpro("scopes", "--root", str(stage.root), "--project", "widget")
    assert ran.code == 0, ran.err
    assert f"{PROMOTION}\n  action release-promotion of widget\n" in ran.out
    assert "beetmover:action:push-to-releases" in ran.out
    assert "  releases\n" in ran.out
    assert "pull-request" not in ran.out


def test_of_choices_the_one_that_satisfies_all_is_taken() -> None:
    needs = {
        ("low:q", "medium:q", "high:q"): {"a"},
        ("medium:q", "high:q"): {"b"},
        ("route.*",): {"c"},
        ("route.x.*",): {"d"},
        ("routes",): {"e"},
    }
    assert least(needs) == {"medium:q": ("b",), "route.*": ("c", "d"), "routes": ("e",)}


def _made_again(request: Request) -> Generate:
    return GroupGraph.of(request).generate_with({"target_tasks_method": request.input["phase"]})


#: An action of a project: each input leads to other tasks.
PHASES = Action(
    name="phases",
    title="Phases",
    description="Make the tasks of one phase.",
    symbol="p",
    order=1,
    decide=_made_again,
    permission="phases",
    generates=lambda _config: [{"target_tasks_method": "only_promote"}],
)


OWN = """\
projects:
  main: {level: '3', repositories: [https://github.com/me/app], branches: [main]}
actions: {phases: {from: tests.grants.test_scopes.PHASES}}
"""


def test_the_scopes_of_an_action_are_those_of_what_it_generates(tmp_path: Path) -> None:
    config = write_project(tmp_path).root / "kinds" / "config.yml"
    methods = "target-methods:\n"
    text = config.read_text().replace(methods, f"{methods}  only_promote: {{phases: [promote]}}\n")
    config.write_text(f"{text}{OWN}")
    publish = tmp_path / "kinds" / "promote" / "publish.yml"
    publish.write_text(f"{publish.read_text()}    scopes: ['project:app:publish']\n")
    template = (tmp_path / ".taskcluster.yml").read_bytes()
    of_action, of_others = (
        {scope for one in found for scope in one.scopes}
        for found in _apart(roles(Project(tmp_path), template, {}, names=("main",), flavors=()))
    )
    assert "project:app:publish" in of_action
    assert of_others.isdisjoint({"project:app:publish"})


def _apart(every: Iterable[Role]) -> tuple[list[Role], list[Role]]:
    own = [role for role in every if role.name.endswith(":action:phases")]
    release = "release-promotion"
    others = [role for role in every if role not in own and release not in role.name]
    return own, others
