import re
from collections.abc import Sequence

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision, Verdict
from relpro.model.phase import Phase
from relpro.target.existing import assume_earlier, earlier_targets, missing_earlier
from relpro.testing.factories import (
    make_config,
    make_flavor,
    make_method,
    make_parameters,
    make_task,
)

SLUG = re.compile(r"^[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]$")

FULL = TaskGraph.build(
    [
        make_task("image", kind="docker-image"),
        make_task("build-a", "image", phase="build", product="widget"),
        make_task("test-a", "build-a"),
        make_task("signing-a", "build-a", phase="promote", product="widget"),
        make_task("signing-b", "build-a", phase="promote", product="gadget"),
        make_task("push-a", "signing-a", phase="push", product="widget"),
        make_task("ship-a", "push-a", phase="ship", product="widget"),
    ]
)
CONFIG = make_config(
    methods=[
        make_method("on-push", filters=["shipping-phase", "run-on-tasks-for"]),
        make_method("promote", phases=[Phase.PROMOTE], match_product=True),
        make_method("push", phases=[Phase.PROMOTE, Phase.PUSH], match_product=True),
        make_method("ship", phases=[Phase.SHIP], match_product=True),
    ],
    flavors=[
        make_flavor("promote_widget", Phase.PROMOTE, "widget", "promote"),
        make_flavor("promote_gadget", Phase.PROMOTE, "gadget", "promote"),
        make_flavor("push_widget", Phase.PUSH, "widget", "push"),
        make_flavor("ship_widget", Phase.SHIP, "widget", "ship"),
    ],
)


def assumed(phase: Phase, product: str) -> tuple[str, ...]:
    parameters = make_parameters(release_product=product, tasks_for="action")
    earlier = earlier_targets(FULL, phase, product, "on-push", parameters=parameters, config=CONFIG)
    return tuple(assume_earlier(FULL, earlier))


def test_before_promote_there_is_what_the_push_made() -> None:
    assert assumed(Phase.PROMOTE, "widget") == ("image", "build-a", "test-a")


def test_before_ship_there_is_what_all_earlier_phases_of_the_product_made() -> None:
    labels = ("image", "build-a", "test-a", "signing-a", "push-a")
    assert assumed(Phase.SHIP, "widget") == labels


def test_assumed_ids_are_task_ids_and_always_the_same() -> None:
    parameters = make_parameters(release_product="widget")
    one, other = (
        assume_earlier(
            FULL,
            earlier_targets(
                FULL, Phase.SHIP, "widget", "on-push", parameters=parameters, config=CONFIG
            ),
        )
        for _ in range(2)
    )
    assert one == other
    assert all(SLUG.match(task_id) for task_id in one.values())
    assert len(set(one.values())) == len(one)


def told(found: list[Diagnostic]) -> list[str]:
    assert {one.code for one in found} <= {"O603"}
    return [one.what for one in found]


def missing(
    created: list[str],
    existing: list[str],
    rebuild_kinds: Sequence[str] = (),
    asked_for: Sequence[str] = (),
) -> list[str]:
    graph, ids = FULL.restrict(created), dict.fromkeys(existing, "id")
    return told(
        list(
            missing_earlier(
                graph, Phase.PUSH, ids, rebuild_kinds=rebuild_kinds, asked_for=asked_for
            )
        )
    )


def test_tasks_of_the_wanted_phase_and_of_no_phase_are_made() -> None:
    assert missing(["image", "push-a"], []) == []


def test_a_task_of_an_earlier_phase_that_is_missing_is_told_with_the_nearest_labels() -> None:
    (what,) = missing(["signing-a", "push-a"], ["signing-b", "signing-c", "build-a"])
    assert what == (
        "task `signing-a` should exist and does not; the nearest that exist:"
        " `signing-c`, `signing-b`"
    )


def test_a_kind_to_rebuild_or_a_label_asked_for_may_be_made_again() -> None:
    assert missing(["signing-a"], [], rebuild_kinds=["signing"]) == []
    assert missing(["signing-a"], [], asked_for=["signing-a"]) == []


def test_a_task_that_exists_is_not_made_again_because_of_what_it_needs() -> None:
    assert missing(["image", "build-a", "signing-a"], ["build-a", "signing-a"]) == [
        "task `build-a` exists and would be made again"
    ]


def test_a_remedy_never_is_to_compile_again_what_ships() -> None:
    created = FULL.restrict(["image", "build-a"])
    cause = "index-search: nothing in the index at `images.a`"
    decisions = [Decision("image", "optimize", Verdict.KEPT, "dependent", cause, "build-a")]
    (found,) = missing_earlier(created, Phase.PUSH, {}, decisions=decisions)
    assert "rebuild" not in found.remedy
    ids = {"build-a": "id"}
    (found,) = missing_earlier(created, Phase.PUSH, ids, decisions=decisions)
    assert "rebuild" not in found.remedy
    assert found.why == f"it needs `image`, which is made anew: {cause}"
    assert found.remedy.startswith("wait until the push has made `image`")
    (found,) = missing_earlier(FULL.restrict(["signing-a"]), Phase.PUSH, {})
    assert found.remedy.endswith("or add kind `signing` to `rebuild_kinds`")


def test_many_missing_tasks_of_a_kind_are_told_together() -> None:
    tasks = [make_task(f"sign-{n}", kind="sign", phase="build") for n in range(200)]
    found = list(missing_earlier(TaskGraph.build(tasks), Phase.SHIP, {}))
    (what,) = told(found)
    assert what == (
        "200 tasks of kind `sign` should exist and do not:"
        " `sign-0`, `sign-1`, `sign-2`, `sign-3`, `sign-4`, ..."
    )


def test_on_a_push_nothing_of_the_action_is_left_in_the_parameters() -> None:
    full = TaskGraph.build(
        [
            make_task("a", attributes={"run_on_tasks_for": ["hg-push"]}),
            make_task("b", attributes={"run_on_tasks_for": ["github-push"]}),
            make_task("c", attributes={"run_on_tasks_for": ["cron"]}),
        ]
    )

    def on_push(**values: str) -> tuple[str, ...]:
        parameters = make_parameters(release_product="widget", **values)
        earlier = earlier_targets(
            full, Phase.PROMOTE, "widget", "on-push", parameters=parameters, config=CONFIG
        )
        return tuple(assume_earlier(full, earlier))

    assert on_push(tasks_for="action", repository_type="hg") == ("a",)
    assert on_push(tasks_for="action", repository_type="git") == ("b",)
    assert on_push(tasks_for="cron") == ("c",)
