"""A release from push to ship, each task run as a worker runs it, over HTTP."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster
from relpro.graph.taskids import task_id
from tests.actions.events import HEAD, OWN
from tests.actions.requests import HISTORY, PARTNERS, PROMOTE
from tests.actions.small_project import write_json, write_project
from tests.cli.conftest import Ran, Run
from tests.decision.ci import Ci, answers

ACTIONS = {phase: task_id(OWN, phase) for phase in ("promote", "push", "ship")}


@pytest.fixture
def ci(
    tmp_path: Path, service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> Ci:
    answers(tmp_path, HISTORY, PARTNERS)
    project = write_project(tmp_path / "app")
    config = project.root / "kinds" / "config.yml"
    config.write_text(config.read_text().replace("[main,", "[app,"))
    return Ci(project, service, relpro, monkeypatch, tmp_path)


def labels(service: EmbeddedTaskcluster, group: str) -> set[str]:
    return {
        task["metadata"]["name"]
        for key, task in service.tasks(group).items()
        if task["extra"].get("parent") == group and key != group
    }


def promote(ci: Ci, phase: str, *previous: str, **changes: object) -> int:
    given = {
        **PROMOTE,
        "release_promotion_flavor": f"{phase}_app",
        "previous_graph_ids": [OWN, *previous],
        **changes,
    }
    return ci.act("release-promotion", given, ACTIONS[phase]).code


def test_a_release_goes_through_all_its_phases(ci: Ci, service: EmbeddedTaskcluster) -> None:
    assert ci.push().code == 0
    ci.work()
    assert labels(service, OWN) == {"build-linux64", "build-win64"}
    done: list[str] = []
    for phase, action in ACTIONS.items():
        assert promote(ci, phase, *done) == 0
        ci.work()
        done.append(action)
    assert labels(service, ACTIONS["promote"]) == {"publish-linux64", "publish-win64"}
    assert labels(service, ACTIONS["push"]) == {"release-app"}
    assert labels(service, ACTIONS["ship"]) == {"announce-app"}
    assert set(service.states().values()) == {"completed"}


def test_an_action_tells_of_patterns_that_match_no_file(ci: Ci) -> None:
    for words in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", "-C", str(ci.project.root), *words], check=True)
    assert ci.push().code == 0
    ci.work()
    kind = ci.project.root / "kinds" / "ship" / "announce.yml"
    kind.write_text(f"{kind.read_text()}    optimization: {{skip-unless-changed: [kind]}}\n")
    given = {**PROMOTE, "release_promotion_flavor": "promote_app", "previous_graph_ids": [OWN]}
    ran = ci.act("release-promotion", given, ACTIONS["promote"])
    assert ran.code == 0
    assert "warning[O606]: pattern `kind` of `skip-unless-changed` matches no file" in ran.err
    assert "did you mean `kinds`?" in ran.err


def test_a_decision_publishes_what_later_tasks_read(ci: Ci, service: EmbeddedTaskcluster) -> None:
    ci.push()
    published = orjson.loads(ci.artifact(OWN, "public/task-graph.json"))
    for key, entry in published.items():
        submitted = service.task(key)
        assert submitted["payload"] == entry["task"]["payload"]
        assert submitted["extra"] == entry["task"]["extra"]
        assert submitted["taskGroupId"] == OWN
    assert orjson.loads(ci.artifact(OWN, "public/plan.json"))["create"].keys() == labels(
        service, OWN
    )


def test_tasks_start_only_when_the_decision_is_done(ci: Ci, service: EmbeddedTaskcluster) -> None:
    ci.push()
    build = task_id(OWN, "build-linux64")
    assert service.task(build)["dependencies"] == [OWN]


def test_a_promotion_refuses_builds_that_failed(ci: Ci, service: EmbeddedTaskcluster) -> None:
    ci.push()
    ci.work(failing="build-win64")
    before = len(service.tasks())
    assert promote(ci, "promote") == 4
    assert len(service.tasks()) == before + 1
    assert labels(service, ACTIONS["promote"]) == set()


def test_a_promotion_run_again_finds_its_own_tasks(ci: Ci, service: EmbeddedTaskcluster) -> None:
    ci.push()
    ci.work()
    promote(ci, "promote")
    made = service.tasks(ACTIONS["promote"])
    ran = ci.again(ACTIONS["promote"])
    assert (ran.code, ran.out) == (0, "0 tasks created, 2 there already\n")
    assert service.tasks(ACTIONS["promote"]) == made


def test_a_promotion_run_again_after_its_eta_goes_on(ci: Ci, service: EmbeddedTaskcluster) -> None:
    ci.push()
    ci.work()
    # It was asked for ten minutes ago, to go live soon after; what runs now is a later run.
    service.clock.advance(-600)
    eta = datetime.now(UTC) - timedelta(minutes=7)
    assert promote(ci, "promote", release_eta=eta.isoformat()) == 0
    assert labels(service, ACTIONS["promote"]) == {"publish-linux64", "publish-win64"}


def test_an_eta_before_the_promotion_was_asked_for_is_refused(ci: Ci) -> None:
    ci.push()
    ci.work()
    eta = datetime.now(UTC) - timedelta(minutes=30)
    assert promote(ci, "promote", release_eta=eta.isoformat()) == 2


def write_cached(ci: Ci, *searched: str, routes: tuple[str, ...] = ()) -> None:
    """A toolchain that is looked for at index paths, and a task that needs it."""
    build = ci.project.root / "kinds" / "build"
    indexed = [f"index.{path}" for path in routes]
    (build / "toolchain.yml").write_text(
        "description: Tools.\n"
        "tasks:\n"
        "  clang: {description: Tools, worker-type: succeed, shipping-product: app,\n"
        f"    routes: {indexed}, optimization: {{index-search: {[*searched]}}}}}\n"
    )
    (build / "lint.yml").write_text(
        "description: Lint.\n"
        "kind-dependencies: [toolchain]\n"
        "tasks:\n"
        "  app: {description: Lint, worker-type: succeed, shipping-product: app,\n"
        "    dependencies: {clang: toolchain-clang}}\n"
    )


def test_a_decision_run_again_goes_by_what_the_index_said_first(
    ci: Ci, service: EmbeddedTaskcluster
) -> None:
    path, own = "gecko.v2.app.toolchain", task_id(OWN, "second decision")
    write_cached(ci, path, routes=(path,))
    ci.push()
    ci.work()
    ci.push(own)
    made = service.tasks(own)
    toolchain = task_id(OWN, "toolchain-clang")
    assert toolchain in made[task_id(own, "lint-app")]["dependencies"]

    taskcluster.Index(service.options()).deleteTask(path)
    ran = ci.again(own, "decision")
    assert (ran.code, ran.out) == (0, "0 tasks created, 3 there already\n"), ran.err
    assert service.tasks(own) == made


def test_what_the_index_was_asked_and_why_it_did_not_help_stands_in_the_decisions(
    ci: Ci, service: EmbeddedTaskcluster
) -> None:
    """A task that is needed, and was looked for: once nothing was there, then what had failed."""
    path, own = "tools.level-3", task_id(OWN, "second decision")
    write_cached(ci, path)
    ci.push()
    ci.work(failing="toolchain-clang")
    entry = {"rank": 1, "data": {}, "expires": taskcluster.fromNowJSON("20 days")}
    failed = task_id(OWN, "toolchain-clang")
    taskcluster.Index(service.options()).insertTask(path, {**entry, "taskId": failed})
    ci.push(own)
    told = {
        decided: one["cause"]
        for decided in (OWN, own)
        for one in map(orjson.loads, ci.artifact(decided, "public/decisions.jsonl").splitlines())
        if (one["label"], one["stage"]) == ("toolchain-clang", "optimize")
    }
    refused = f"`{path}` leads to task {failed}, which is failed, not completed"
    assert told == {
        OWN: f"index-search: nothing in the index at `{path}`",
        own: f"index-search: {refused}",
    }


@pytest.mark.parametrize("routes", [("tools.level-1",), ()], ids=["routes", "no routes"])
def test_a_decision_run_again_keeps_what_it_found_at_a_later_path(
    ci: Ci, service: EmbeddedTaskcluster, routes: tuple[str, ...]
) -> None:
    """Since the first run, a task has come to the path that is looked at first."""
    best, other = "tools.level-3", "tools.level-1"
    own, third = task_id(OWN, "second decision"), task_id(OWN, "third decision")
    write_cached(ci, best, other, routes=routes)
    ci.push()
    ci.work()
    index = taskcluster.Index(service.options())
    entry = {"rank": 1, "data": {}, "expires": taskcluster.fromNowJSON("20 days")}
    index.insertTask(other, {**entry, "taskId": task_id(OWN, "toolchain-clang")})
    ci.push(own)
    made = service.tasks(own)
    assert task_id(OWN, "toolchain-clang") in made[task_id(own, "lint-app")]["dependencies"]

    index.insertTask(best, {**entry, "taskId": task_id(OWN, "build-win64")})
    ran = ci.again(own, "decision")
    assert (ran.code, ran.out) == (0, "0 tasks created, 3 there already\n"), ran.err
    assert service.tasks(own) == made

    ci.push(third)
    needs = service.tasks(third)[task_id(third, "lint-app")]["dependencies"]
    assert task_id(OWN, "build-win64") in needs


def tried_out(ci: Ci, saved: Path, **changes: Any) -> Ran:
    """A dry run of the promotion, on a desk that asks the same Taskcluster."""
    given = {**PROMOTE, "previous_graph_ids": [OWN], **changes}
    return ci.relpro(
        *("action", "release-promotion", "--dry-run", "--root", str(ci.project.root)),
        *("--input", str(write_json(ci.folder / "given.json", given))),
        *("--answers", ci.answers, "--output", str(saved)),
    )


def test_a_plan_that_was_reviewed_on_a_desk_is_what_ci_carries_out(
    ci: Ci, service: EmbeddedTaskcluster
) -> None:
    ci.push()
    ci.work()
    saved = ci.folder / "reviewed.json"
    ran = tried_out(ci, saved)
    assert ran.code == 0, ran.err
    digest = orjson.loads(saved.read_bytes())["digest"]
    assert promote(ci, "promote", plan_digest=digest) == 0
    assert labels(service, ACTIONS["promote"]) == {"publish-linux64", "publish-win64"}


def test_a_dry_run_is_refused_as_the_run_would_be(ci: Ci, service: EmbeddedTaskcluster) -> None:
    ci.push()
    ci.work(failing="build-win64")
    saved, build = ci.folder / "plan.json", task_id(OWN, "build-win64")
    ran = tried_out(ci, saved)
    assert (ran.code, "create 2 tasks" in ran.out) == (4, True)
    assert f"error[Q714]: task `{build}`, reused as `build-win64`, is failed" in ran.err

    taskcluster.Queue(service.options()).rerunTask(build)
    ci.work()
    applied = ("apply", str(saved), "--root", str(ci.project.root), "--dry-run")
    for ran in (tried_out(ci, saved), ci.relpro(*applied)):
        assert ran.code == 0, ran.err
    assert promote(ci, "promote") == 0
    for ran in (tried_out(ci, saved), ci.relpro(*applied)):
        assert ran.code == 4
        assert f"error[Q717]: this release was made before, by group `{ACTIONS['promote']}`" in (
            ran.err
        )
    assert tried_out(ci, saved, again=True).code == 0


def test_what_an_earlier_run_left_and_this_one_would_not_make_is_refused(
    ci: Ci, service: EmbeddedTaskcluster
) -> None:
    ci.push()
    ci.work()
    promote(ci, "promote")
    (ci.project.root / "kinds" / "promote" / "publish.yml").write_text(
        "description: Publish otherwise.\n"
        "tasks:\n"
        "  linux64: {description: Publish, worker-type: succeed, shipping-product: app}\n"
    )
    before = service.tasks()
    ran = ci.again(ACTIONS["promote"])
    assert ran.code == 4
    assert "error[Q710]" in ran.err
    assert service.tasks() == before


def test_new_tasks_may_wait_for_what_is_still_under_way(
    ci: Ci, service: EmbeddedTaskcluster
) -> None:
    ci.push()
    action = task_id(OWN, "add")
    assert ci.act("add-new-tasks", {"tasks": ["publish-win64"]}, action).code == 0
    assert labels(service, action) == {"publish-win64"}


def test_everything_unresolved_is_cancelled(ci: Ci, service: EmbeddedTaskcluster) -> None:
    ci.push()
    assert ci.act("cancel-all", {}, task_id(OWN, "cancel-all")).code == 0
    builds = [task_id(OWN, label) for label in ("build-linux64", "build-win64")]
    assert [service.status(build)["state"] for build in builds] == ["exception"] * 2
    assert service.status(task_id(OWN, "cancel-all"))["state"] == "completed"


def test_a_failed_task_gets_another_run(ci: Ci, service: EmbeddedTaskcluster) -> None:
    ci.push()
    ci.work(failing="build-linux64")
    build = task_id(OWN, "build-linux64")
    ran = ci.act("rerun", {}, task_id(OWN, "rerun"), task=build)
    assert (ran.code, ran.out) == (0, f"run again: {build}\n")
    assert service.status(build)["state"] == "pending"


def test_a_cron_job_runs_its_own_method_on_what_the_push_has_built(
    ci: Ci, service: EmbeddedTaskcluster
) -> None:
    ci.push()
    ci.work()
    everything = ci.project.root / "kinds" / "config.yml"
    method = "  default: {phases: [build]}\n"
    nightly = f"{method}  nightly: {{phases: [build, promote]}}\n"
    everything.write_text(everything.read_text().replace(method, nightly))
    own = task_id(OWN, "nightly")
    ran = ci.cron("--target-tasks-method=nightly --include-push-tasks", own)
    assert ran.code == 0, ran.err
    assert labels(service, own) == {"publish-linux64", "publish-win64"}
    needed = {
        need
        for key, task in service.tasks(own).items()
        if key != own
        for need in task["dependencies"]
    }
    assert {task_id(OWN, "build-linux64"), task_id(OWN, "build-win64")} <= needed


def test_an_action_promotes_the_push_on_which_it_was_triggered(
    ci: Ci, service: EmbeddedTaskcluster
) -> None:
    later = task_id(OWN, "the same revision again")
    for own in (OWN, later):
        assert ci.push(own).code == 0
        ci.work()
    given = {name: value for name, value in PROMOTE.items() if name != "previous_graph_ids"}
    ran = ci.act("release-promotion", given, ACTIONS["promote"], group=OWN)
    assert ran.code == 0, ran.err
    needed = {
        need
        for key, task in service.tasks(ACTIONS["promote"]).items()
        if key != ACTIONS["promote"]
        for need in task["dependencies"]
    }
    assert needed == {ACTIONS["promote"], *(task_id(OWN, f"build-{p}64") for p in ("linux", "win"))}


def test_a_cron_job_takes_the_push_of_its_own_branch_only(
    ci: Ci, service: EmbeddedTaskcluster
) -> None:
    ci.push()
    other = task_id(OWN, "of another branch")
    ci.push(other, ref="refs/heads/merge-queue")
    ci.work()
    path = f"gecko.v2.mozilla-central.branch.main.revision.{HEAD}.taskgraph.decision"
    expires = service.task(other)["expires"]
    entry = {"taskId": other, "rank": 1, "data": {}, "expires": expires}
    taskcluster.Index(service.options()).insertTask(path, entry)
    own = task_id(OWN, "nightly")
    ran = ci.cron("--include-push-tasks", own)
    assert (ran.code, labels(service, own)) == (2, set()), ran.err
    assert f"graph `{other}` is of branch `merge-queue`" in ran.err
    assert f"graph `{other}` is of project `try`" in ran.err


def test_a_cron_job_makes_again_what_it_is_told_to(ci: Ci, service: EmbeddedTaskcluster) -> None:
    ci.push()
    ci.work()
    own = task_id(OWN, "again")
    ran = ci.cron("--include-push-tasks --rebuild-kind=build --optimize-target-tasks=true", own)
    assert ran.code == 0, ran.err
    assert labels(service, own) == {"build-linux64", "build-win64"}
