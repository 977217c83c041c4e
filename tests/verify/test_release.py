import pytest

from relpro.model.policy import Policy
from relpro.testing.factories import make_task
from relpro.verify import release
from tests.verify.found import REAL, TRY, At, find, told

SCOPES = Policy(
    release_scopes=("p:signing:cert:release-*", "p:bucket:release"),
    staging_scopes=("p:signing:cert:dep-*", "p:bucket:dep"),
)


@pytest.mark.parametrize(
    ("phase", "needed"),
    [("build", "promote"), ("promote", "push"), ("push", "ship"), (None, "promote")],
)
def test_no_task_waits_for_one_of_a_later_phase(phase: str | None, needed: str) -> None:
    tasks = (make_task("b", phase=needed), make_task("a", "b", phase=phase))
    (found,) = find(release.phases_only_depend_backwards, *tasks)
    assert found.code == "G307"
    said = f"phase {phase}" if phase else "no phase"
    assert found.what == f"task `a` of {said} depends on `b` of phase {needed}"


@pytest.mark.parametrize(
    ("phase", "needed"),
    [("promote", "promote"), ("ship", "build"), ("push", None), (None, "build")],
)
def test_a_task_may_wait_for_the_same_or_an_earlier_phase(
    phase: str | None, needed: str | None
) -> None:
    tasks = (make_task("b", phase=needed), make_task("a", "b", phase=phase))
    assert find(release.phases_only_depend_backwards, *tasks) == []


def test_soft_dependencies_do_not_run_forwards_either() -> None:
    tasks = (make_task("b", phase="ship"), make_task("a", phase="push", soft_dependencies=["b"]))
    (found,) = find(release.phases_only_depend_backwards, *tasks)
    assert [str(place) for place in found.where] == ["kinds/made/by-a-test.yml:1"] * 2


def test_a_released_task_without_a_product_is_found() -> None:
    found = find(release.released_tasks_have_a_product, make_task("a", phase="promote"))
    assert told(found) == ["G310: task `a` of phase promote names no product"]


def test_a_task_that_only_cron_starts_needs_no_product() -> None:
    task = make_task("a", phase="ship", attributes={"cron": True})
    assert find(release.released_tasks_have_a_product, task) == []


def test_a_released_task_of_an_unknown_product_is_found() -> None:
    task = make_task("a", phase="ship", product="widgit")
    found = find(release.released_tasks_have_a_product, task)
    assert told(found) == ["G310: task `a` of phase ship names product `widgit`"]


@pytest.mark.parametrize(
    ("phase", "product"), [("promote", "widget"), ("build", None), (None, None)]
)
def test_only_released_tasks_need_a_product(phase: str | None, product: str | None) -> None:
    task = make_task("a", phase=phase, product=product)
    assert find(release.released_tasks_have_a_product, task) == []


def scoped(*scopes: str, phase: str | None = None) -> list[str]:
    task = make_task("a", phase=phase, definition={"scopes": [*scopes]})
    return told(find(release.release_scopes_are_for_releases, task, policy=SCOPES, at=TRY))


def test_a_release_scope_outside_of_release_projects_is_found() -> None:
    assert scoped("p:bucket:dep", "p:signing:cert:release-apple") == [
        "G310: task `a` has scope `p:signing:cert:release-apple` of production"
    ]


def test_a_release_project_needs_level_3_for_release_scopes() -> None:
    task = make_task("a", definition={"scopes": ["p:bucket:release"]})
    rule = release.release_scopes_are_for_releases
    assert len(find(rule, task, policy=SCOPES, at=At("real", "1"))) == 1
    assert len(find(rule, task, policy=SCOPES, at=At("trunk", "3"))) == 1
    assert find(rule, task, policy=SCOPES, at=REAL) == []


def test_staging_has_scopes_of_staging() -> None:
    assert scoped("p:bucket:dep", "p:bucket:release:more") == []


@pytest.mark.parametrize(("phase", "count"), [("promote", 1), ("ship", 1), ("build", 0), (None, 0)])
def test_what_is_really_released_has_no_scope_of_staging(phase: str | None, count: int) -> None:
    task = make_task("a", phase=phase, definition={"scopes": ["p:bucket:dep"]})
    found = find(release.release_scopes_are_for_releases, task, policy=SCOPES, at=REAL)
    assert told(found) == ["G310: task `a` has scope `p:bucket:dep` of staging"] * count


def test_a_promotion_that_compiles_is_found() -> None:
    policy = Policy(compile_kinds=("build",), rebuilt_products=("gadget",))
    tasks = (
        make_task("build-1", product="widget"),
        make_task("build-2", product="gadget"),
        make_task("builds-3", product="widget"),
    )
    found = find(release.nothing_is_compiled_again, *tasks, policy=policy)
    assert told(found) == ["G310: task `build-1` would compile again what is to be released"]
