import pytest

from relpro.model.policy import Policy
from relpro.model.task import Json, Task
from relpro.testing.factories import make_task
from relpro.verify import services
from tests.verify.found import find, told


def shown(label: str, *needs: str, tier: int = 1, **changes: Json) -> Task:
    said = {
        "machine": {"platform": "linux64"},
        "collection": {"opt": True},
        "groupSymbol": "G",
        "symbol": "s",
        "tier": tier,
        **changes,
    }
    return make_task(label, *needs, definition={"extra": {"treeherder": said}})


def test_two_tasks_with_one_symbol_are_found() -> None:
    found = find(services.treeherder_shows_tasks_apart, shown("a"), shown("b"))
    assert told(found) == [
        "G313: tasks `a` and `b` cannot be told apart: "  # noqa: ISC004
        "Treeherder shows both as `G(s)` on `linux64/opt`"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"machine": {"platform": "win64"}},
        {"collection": {"debug": True}},
        {"groupSymbol": "H"},
        {"symbol": "t"},
    ],
)
def test_platform_collection_group_or_symbol_tell_tasks_apart(change: dict[str, Json]) -> None:
    tasks = (shown("a"), shown("b", **change), make_task("c"), make_task("d"))
    assert find(services.treeherder_shows_tasks_apart, *tasks) == []


def routed(label: str, *routes: str) -> Task:
    return make_task(label, definition={"routes": [*routes]})


def test_two_tasks_with_one_index_path_are_found() -> None:
    tasks = (routed("a", "index.x.latest"), routed("b", "index.x.latest"))
    assert told(find(services.index_paths_lead_to_one_task, *tasks)) == [
        "G313: tasks `a` and `b` cannot be told apart: both are indexed as `index.x.latest`"
    ]


def test_tasks_may_share_routes_that_are_not_of_the_index() -> None:
    tasks = (routed("a", "index.x.a", "tc-treeherder.v2.x"), routed("b", "tc-treeherder.v2.x"))
    assert find(services.index_paths_lead_to_one_task, *tasks) == []


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        ("notify.email.x@example.com.on-any", "whose status `on-any` is deprecated"),
        ("notify.email.x@example.com.on-finished", "which ends in no status: `on-finished`"),
        ("notify.mail.x@example.com.on-failed", "which has no type of recipient: `mail`"),
        ("notify.email.on-failed", "which names nobody"),
    ],
)
def test_a_notify_route_that_tells_nobody_is_found(route: str, fault: str) -> None:
    found = find(services.notify_routes_are_known, routed("a", route))
    assert told(found) == [f"G314: task `a` has route `{route}`, {fault}"]


@pytest.mark.parametrize(
    "route",
    [
        "notify.email.first.last@mail.example.com.on-completed",
        "notify.matrix-room.!abc:example.com.on-resolved",
        "notifyme.on-any",
    ],
)
def test_a_notify_route_may_have_dots_in_its_address(route: str) -> None:
    assert find(services.notify_routes_are_known, routed("a", route)) == []


def test_a_task_that_waits_for_one_of_a_higher_tier_is_found_where_that_is_asked_for() -> None:
    tasks = (shown("b", tier=2), shown("a", "b", symbol="t"))
    rule = services.watched_tasks_wait_for_watched_ones
    assert told(find(rule, *tasks, policy=Policy(dependency_tiers=True))) == [
        "G310: task `a` of tier 1 depends on `b` of tier 2"
    ]
    assert find(rule, *tasks) == []


def test_a_task_may_wait_for_its_own_tier_a_lower_one_or_what_is_not_shown() -> None:
    tasks = (
        shown("b", tier=2),
        shown("c", symbol="c"),
        make_task("d"),
        shown("a", "b", "c", "d", tier=2, symbol="t"),
    )
    rule = services.watched_tasks_wait_for_watched_ones
    assert find(rule, *tasks, policy=Policy(dependency_tiers=True)) == []
