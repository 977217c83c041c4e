from typing import Any

import pytest

from relpro.errors import RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig, TargetMethod
from relpro.model.decision import Verdict
from relpro.model.parameters import Parameters
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.target.methods import (
    Targeted,
    method_named,
    project_filter,
    select,
    select_labels,
)
from relpro.testing.factories import make_config, make_method, make_parameters, make_task

FULL = TaskGraph.build(
    [
        make_task("image", kind="docker-image"),
        make_task("build-a", "image", phase="build", product="widget"),
        make_task("test-a", "build-a"),
        make_task("signing-a", "build-a", phase="promote", product="widget"),
        make_task("signing-b", "image", phase="promote", product="gadget"),
        make_task("push-a", "signing-a", phase="push", product="widget"),
        make_task("lint", attributes={"always_target": True}, phase="ship"),
    ]
)


def chosen(method: TargetMethod, full: TaskGraph = FULL, **parameters: Any) -> Targeted:
    values = {"release_product": "widget", "enable_always_target": False, **parameters}
    return select(full, method, parameters=make_parameters(**values), config=make_config())


def test_a_method_without_conditions_selects_every_task() -> None:
    assert chosen(make_method()).labels == FULL.labels


def test_what_is_selected_has_phase_and_product_and_brings_what_it_needs() -> None:
    targeted = chosen(make_method(phases=[Phase.PROMOTE], match_product=True))
    assert targeted.labels == ("signing-a",)
    assert targeted.graph.labels == ("image", "build-a", "signing-a")


def test_no_phase_can_be_asked_for() -> None:
    assert chosen(make_method(phases=[None])).labels == ("image", "test-a")


def test_every_label_gets_one_decision_with_its_reason() -> None:
    targeted = chosen(make_method("promote", phases=[Phase.PROMOTE], match_product=True))
    told = {
        one.label: (one.verdict, one.rule, one.cause, one.needed_by) for one in targeted.decisions
    }
    assert list(told) == list(FULL.labels)
    assert told["signing-a"] == (Verdict.TARGETED, "promote", "", "")
    phase = "it belongs to phase `build`"
    assert told["build-a"] == (Verdict.NEEDED, "dependency", phase, "signing-a")
    nothing = "it belongs to no phase, and it belongs to no product"
    assert told["image"] == (Verdict.NEEDED, "dependency", nothing, "build-a")
    product = "it belongs to product `gadget`"
    assert told["signing-b"] == (Verdict.UNWANTED, "product", product, "")
    assert told["push-a"] == (Verdict.UNWANTED, "phase", "it belongs to phase `push`", "")


def test_match_any_needs_one_attribute_to_equal_its_parameter() -> None:
    def variant(label: str, **attributes: str) -> Task:
        return make_task(label, attributes=attributes)

    tasks = [variant("a", build="beta"), variant("b", release="beta"), variant("c", build="no")]
    method = make_method(match_any={"build": "release_type", "release": "release_type"})
    targeted = chosen(method, TaskGraph.build(tasks), release_type="beta")
    assert targeted.labels == ("a", "b")
    assert targeted.decisions[2].cause == (
        "it does not have as `build` the value of parameter `release_type`"
        " or `release` the value of parameter `release_type`"
    )


@pytest.mark.parametrize(
    ("enabled", "wanted"),
    [(True, True), (False, False), (["lint"], True), (["build"], False)],
)
def test_tasks_that_are_always_targets_join_where_parameters_say_so(
    enabled: Any, wanted: bool
) -> None:
    targeted = chosen(make_method(phases=[Phase.BUILD]), enable_always_target=enabled)
    assert ("lint" in targeted.labels) is wanted
    rule = "always-target" if wanted else "phase"
    assert targeted.decisions[-1].rule == rule


def test_the_projects_own_filter_gives_its_own_reason() -> None:
    def not_signing(task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
        return "it signs" if task.kind == "signing" else ""

    method = make_method(filters=["shipping-phase", "transforms.filters.not_signing"])
    targeted = select(
        FULL.restrict(["image", "build-a", "signing-b"]),
        make_method(filters=["transforms.filters.not_signing"]),
        parameters=make_parameters(),
        config=make_config(),
        project_filters=lambda _name, _method: not_signing,
    )
    assert targeted.labels == ("image", "build-a")
    unwanted = targeted.decisions[-1]
    assert (unwanted.rule, unwanted.cause) == (method.filters[1], "it signs")


def test_functions_that_cannot_be_found_are_told_at_once() -> None:
    with pytest.raises(RelproError) as caught:
        chosen(make_method("on-push", filters=["no_such.module", "no_such.module.at_all"]))
    assert [one.code for one in caught.value.diagnostics] == ["O601", "O601"]
    assert "names `no_such.module.at_all`, which cannot be found" in str(caught.value)


def test_a_dotted_name_is_a_function_of_the_project() -> None:
    method = make_method()
    assert project_filter("relpro.target.filters.no_cron", method).__name__ == "no_cron"
    with pytest.raises(RelproError, match="write function `nope"):
        project_filter("relpro.target.filters.nope", method)


def test_an_unknown_method_is_told_with_a_suggestion() -> None:
    config = make_config(methods=[make_method("promote_widget")])
    assert method_named("promote_widget", config).name == "promote_widget"
    with pytest.raises(RelproError, match="did you mean `promote_widget`"):
        method_named("promote_wigdet", config)


def test_every_project_has_a_method_that_selects_nothing() -> None:
    config = make_config()
    targeted = select(
        FULL, method_named("nothing", config), parameters=make_parameters(), config=config
    )
    assert (targeted.labels, len(targeted.graph)) == ((), 0)


def test_labels_can_be_asked_for_by_name() -> None:
    targeted = select_labels(FULL, ["signing-b", "image"])
    assert targeted.labels == ("image", "signing-b")
    assert targeted.graph.labels == ("image", "signing-b")
    told = {one.label: (one.verdict, one.rule) for one in targeted.decisions}
    assert told["signing-b"] == (Verdict.TARGETED, "asked for")
    assert told["push-a"] == (Verdict.UNWANTED, "not asked for")


def test_what_needs_a_task_without_its_sign_off_waits_with_it() -> None:
    full = TaskGraph.build(
        [
            make_task("mar", phase="promote", attributes={"required_signoffs": ["mar-signing"]}),
            make_task("upload", "mar", phase="promote"),
            make_task("checksums", "upload", phase="promote"),
            make_task("source", phase="promote"),
        ]
    )
    method = make_method(phases=[Phase.PROMOTE], filters=["missing-signoffs"])
    waiting = chosen(method, full, required_signoffs=["mar-signing"])
    assert waiting.graph.labels == ("source",)
    causes = {decision.label: decision.cause for decision in waiting.decisions}
    assert causes["mar"] == "it waits for sign-off `mar-signing`"
    assert causes["checksums"] == "it needs `upload`, which waits"
    signed = chosen(
        method,
        full,
        required_signoffs=["mar-signing"],
        signoff_urls={"mar-signing": "https://example.com/signed"},
    )
    assert signed.labels == full.labels


def test_a_parameter_of_match_any_that_there_is_not_is_an_error() -> None:
    method = make_method(match_any={"build": "relese_type"})
    with pytest.raises(RelproError, match="names parameter `relese_type`, which does not") as error:
        select(FULL, method, parameters=make_parameters(), config=make_config())
    assert error.value.diagnostics[0].code == "O601"
    assert error.value.diagnostics[0].remedy == "did you mean `release_type`?"
