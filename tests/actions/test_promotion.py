"""The release-promotion action: what it makes of earlier graphs and of its input."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from relpro.actions.action import Generate
from relpro.actions.look_ups import RecordedLookUps
from relpro.actions.release_promotion import RELEASE_PROMOTION
from relpro.errors import Refused, RelproError
from relpro.graph.taskids import task_id
from relpro.model.parameters import Parameters
from relpro.pipeline import Pipeline
from relpro.plan.plan import make_plan
from relpro.plan.summary import summary
from relpro.project import Project
from relpro.testing.factories import make_definition
from relpro.yaml.document import parse
from tests.actions.requests import HISTORY, PARTNERS, PROMOTE, NoAnswers, asked
from tests.actions.small_project import (
    DECISION,
    PROMOTION,
    push_of,
    record,
    write_json,
    write_project,
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path / "app")


@pytest.fixture
def recorded(tmp_path: Path, project: Project) -> Path:
    """The artifacts of the push."""
    record(push_of(project), tmp_path / "recorded")
    return tmp_path / "recorded"


def promoted(project: Project, recorded: Path, given: Any = PROMOTE, **changes: Any) -> Pipeline:
    work = RELEASE_PROMOTION.decide(asked(project, recorded, "release-promotion", given, **changes))
    assert isinstance(work, Generate)
    return work.pipeline


def parameters(project: Project, recorded: Path, **given: Any) -> Parameters:
    return promoted(project, recorded, {**PROMOTE, **given}).parameters


def codes(error: pytest.ExceptionInfo[RelproError]) -> list[str]:
    return [diagnostic.code for diagnostic in error.value.diagnostics]


def test_promotes_over_the_builds_of_the_push(project: Project, recorded: Path) -> None:
    pipeline = promoted(project, recorded)
    assert set(pipeline.morphed.graph.labels) == {"publish-linux64", "publish-win64"}
    body = pipeline.morphed.body("publish-linux64")
    assert body["dependencies"] == sorted([PROMOTION, task_id(DECISION, "build-linux64")])
    assert body["extra"]["parent"] == PROMOTION


def test_each_phase_reuses_what_the_graphs_before_it_made(project: Project, recorded: Path) -> None:
    made = made_by(("promote_app", "push_app", "ship_app"), project, recorded)
    assert made == [("publish-linux64", "publish-win64"), ("release-app",), ("announce-app",)]


def test_a_candidate_ships_before_its_release_is_pushed(project: Project, recorded: Path) -> None:
    flavors = ("promote_app_rc", "ship_app_rc", "push_app", "ship_app")
    published, *later = made_by(flavors, project, recorded)
    assert published == ("publish-linux64", "publish-win64")
    assert later == [(), ("release-app",), ("announce-app",)]


def made_by(flavors: Sequence[str], project: Project, recorded: Path) -> list[tuple[str, ...]]:
    """What each of some flavors creates over the graphs of those before it."""
    ids, made = [DECISION], []
    for flavor in flavors:
        given = {**PROMOTE, "release_promotion_flavor": flavor, "previous_graph_ids": list(ids)}
        creator = task_id(DECISION, flavor)
        pipeline = promoted(project, recorded, given, creator=creator)
        made.append(pipeline.morphed.graph.labels)
        record(pipeline, recorded)
        ids.append(creator)
    return made


@pytest.mark.parametrize(
    ("before", "changes", "fault"),
    [
        (
            {"release_enable_partner_repack": True},
            {},
            "`release_enable_partner_repack` is false, and the release was promoted with such",
        ),
        (
            {},
            {"release_enable_partner_repack": True},
            "`release_enable_partner_repack` is true, and the release was promoted without such",
        ),
        (
            {"release_enable_partner_repack": True, "release_partner_build_number": 2},
            {"release_enable_partner_repack": True},
            "`release_partner_build_number` is 1, and was 2 in phase `promote`",
        ),
        ({}, {"previous_graph_ids": [PROMOTION]}, "`previous_graph_ids` name no decision task"),
        (
            {},
            {"release_promotion_flavor": "promote_other"},
            f"graph `{PROMOTION}` promoted `app`",
        ),
    ],
)
def test_a_later_phase_is_of_what_was_promoted(
    project: Project, recorded: Path, before: Any, changes: Any, fault: str
) -> None:
    record(promoted(project, recorded, {**PROMOTE, **before}), recorded)
    later = {"release_promotion_flavor": "push_app", "previous_graph_ids": [DECISION, PROMOTION]}
    with pytest.raises(RelproError) as error:
        parameters(project, recorded, **{**later, **changes})
    assert codes(error) == ["Q709"]
    assert error.value.diagnostics[0].what.startswith(fault)


def test_updates_of_a_staging_release_stay_those_that_were_promoted(tmp_path: Path) -> None:
    project, recorded = write_project(tmp_path / "app"), tmp_path / "recorded"
    record(push_of(project, project="staging", level="1"), recorded)
    record(promoted(project, recorded), recorded)
    later = {"release_promotion_flavor": "push_app", "previous_graph_ids": [DECISION, PROMOTION]}
    kept = parameters(project, recorded, **later, partial_updates={})
    assert kept["release_history"] == HISTORY
    record(promoted(project, recorded, {**PROMOTE, "partial_updates": {}}), recorded)
    with pytest.raises(RelproError, match="the release was promoted without any"):
        parameters(project, recorded, **later)


def test_the_rightmost_graph_wins(project: Project, recorded: Path) -> None:
    again = Pipeline(project, push_of(project).given, creator=PROMOTION)
    record(again, recorded)
    made = parameters(project, recorded, previous_graph_ids=[DECISION, PROMOTION])
    assert made.existing_tasks["build-linux64"] == task_id(PROMOTION, "build-linux64")
    made = parameters(project, recorded, previous_graph_ids=[PROMOTION, DECISION])
    assert made.existing_tasks["build-linux64"] == task_id(DECISION, "build-linux64")


def test_labels_that_no_full_graph_held_are_not_reused(project: Project, recorded: Path) -> None:
    path = recorded / DECISION / "public" / "label-to-taskid.json"
    ids = orjson.loads(path.read_bytes())
    write_json(path, {**ids, "index-build-linux64": task_id(DECISION, "index")})
    assert set(parameters(project, recorded).existing_tasks) == {"build-linux64", "build-win64"}


@pytest.mark.parametrize(
    ("flavor", "asked_for", "left"),
    [
        ("promote_app", [], {"build-linux64", "build-win64"}),
        ("promote_app", ["build"], set[str]()),
        ("promote_app", ["publish"], {"build-linux64", "build-win64"}),
    ],
)
def test_kinds_to_rebuild_are_those_of_config_flavor_and_input_together(
    project: Project, recorded: Path, flavor: str, asked_for: list[str], left: set[str]
) -> None:
    made = parameters(project, recorded, release_promotion_flavor=flavor, rebuild_kinds=asked_for)
    assert set(made.existing_tasks) == left


def test_a_configured_kind_is_rebuilt_although_the_input_names_another(tmp_path: Path) -> None:
    project = write_project(tmp_path / "app", rebuild="build")
    record(push_of(project), tmp_path / "recorded")
    pipeline = promoted(project, tmp_path / "recorded", {**PROMOTE, "rebuild_kinds": ["publish"]})
    assert pipeline.parameters.existing_tasks == {}
    assert "build-linux64" in pipeline.morphed.graph


def test_a_build_that_no_graph_has_is_refused_not_made(project: Project, recorded: Path) -> None:
    path = recorded / DECISION / "public" / "label-to-taskid.json"
    write_json(path, {})
    with pytest.raises(Refused, match="`build-linux64` should exist and does not"):
        _ = promoted(project, recorded).optimized


def test_says_of_the_release_what_the_input_says(project: Project, recorded: Path) -> None:
    made = parameters(
        project,
        recorded,
        version="1.0",
        release_eta="2020-09-15T13:00:00Z",
        do_not_optimize=["build-linux64"],
    )
    assert made["build_number"] == 2
    assert made.version == "1.0"
    assert made["next_version"] == "1.1"
    assert made["release_eta"] == "2020-09-15T13:00:00Z"
    assert made["do_not_optimize"] == ["build-linux64"]
    assert made.release_product == "app"
    assert made["release_history"] == HISTORY
    assert made["optimize_target_tasks"] is True


def test_an_empty_version_leaves_the_one_in_the_tree(project: Project, recorded: Path) -> None:
    assert parameters(project, recorded, version="").version == "1.0"


def test_a_promotion_may_be_given_parameters_of_the_project(tmp_path: Path) -> None:
    project = write_project(tmp_path / "other")
    config = project.root / "kinds" / "config.yml"
    text = config.read_text()
    text = text.replace(
        "inputs: {version", "inputs: {campaign: {default: none, holds: text}, version"
    )
    config.write_text(text.replace("  flavors:", "  inputs: [campaign]\n  flavors:", 1))
    project = Project(project.root)
    folder = tmp_path / "records"
    record(Pipeline(project, push_of(project, campaign="spring").given, creator=DECISION), folder)
    assert parameters(project, folder)["campaign"] == "spring"
    assert parameters(project, folder, campaign="autumn")["campaign"] == "autumn"
    with pytest.raises(RelproError, match="campaign"):
        parameters(project, folder, campaign=3)


def test_a_release_candidate_has_its_own_release_type(project: Project, recorded: Path) -> None:
    made = parameters(project, recorded, release_promotion_flavor="promote_app_rc")
    assert made["release_type"] == "release-rc"


def test_kinds_of_another_revision_promote_where_the_input_names_that_of_the_builds(
    project: Project, recorded: Path
) -> None:
    head = {"head_rev": "c" * 40}
    pipeline = promoted(project, recorded, {**PROMOTE, "revision": "a" * 40}, head=head)
    assert pipeline.parameters["head_rev"] == "c" * 40
    assert pipeline.parameters["build_rev"] == "a" * 40
    lines = list(summary(make_plan(pipeline)))
    assert lines[0] == f"kinds of revision {'c' * 40} promote builds of revision {'a' * 40}"
    with pytest.raises(RelproError, match="is of head_rev `aaa") as error:
        promoted(project, recorded, head=head)
    assert "give `revision: aaa" in error.value.diagnostics[0].remedy


def test_kinds_and_builds_of_one_revision_need_no_words(project: Project, recorded: Path) -> None:
    pipeline = promoted(project, recorded, head={"head_rev": "a" * 40})
    assert pipeline.parameters["build_rev"] == ""
    assert next(summary(make_plan(pipeline))).startswith("plan ")


def test_without_previous_graphs_the_index_names_the_decision(
    project: Project, recorded: Path
) -> None:
    path = f"gecko.v2.main.revision.{'a' * 40}.taskgraph.decision"
    write_json(recorded / "index.json", {path: DECISION})
    given = {key: value for key, value in PROMOTE.items() if key != "previous_graph_ids"}
    head = {"head_rev": "a" * 40, "project": "main"}
    pipeline = promoted(project, recorded, given, head=head)
    assert pipeline.parameters.existing_tasks.keys() == {"build-linux64", "build-win64"}


def without_graphs(**given: Any) -> dict[str, Any]:
    return {k: v for k, v in {**PROMOTE, **given}.items() if k != "previous_graph_ids"}


def at_a_desk(**head: str) -> dict[str, Any]:
    """What is known at a desk that names no task group."""
    return {"head": {"head_rev": "a" * 40, "project": "main", **head}, "task_group_id": ""}


def test_the_index_is_asked_by_branch_first(
    tmp_path: Path, project: Project, recorded: Path
) -> None:
    other = task_id(DECISION, "other branch")
    pushed = push_of(project, head_ref="refs/heads/releases/1.0")
    record(Pipeline(project, pushed.given, creator=other), recorded)
    plain = f"revision.{'a' * 40}.taskgraph.decision"
    index = {
        f"gecko.v2.main.{plain}": other,
        f"gecko.v2.main.branch.releases%2F1%2E0.{plain}": other,
        f"gecko.v2.main.branch.main.{plain}": DECISION,
    }
    write_json(recorded / "index.json", index)
    for ref, creator in (("refs/heads/main", DECISION), ("refs/heads/releases/1.0", other)):
        made = promoted(project, recorded, without_graphs(), **at_a_desk(head_ref=ref))
        builds = made.parameters.existing_tasks
        assert builds["build-linux64"] == task_id(creator, "build-linux64")


@pytest.mark.parametrize(
    ("fact", "pushed"),
    [
        ("branch `staging`", {"head_ref": "refs/heads/staging"}),
        ("project `try`", {"project": "try"}),
        ("level `1`", {"level": "1"}),
        ("head_repository", {"head_repository": "https://github.com/somebody/app"}),
    ],
)
@pytest.mark.parametrize("given", [PROMOTE, without_graphs()])
def test_a_graph_of_another_push_is_refused(
    tmp_path: Path, project: Project, given: Any, fact: str, pushed: dict[str, str]
) -> None:
    recorded = tmp_path / "recorded"
    record(push_of(project, **pushed), recorded)
    path = f"gecko.v2.main.revision.{'a' * 40}.taskgraph.decision"
    write_json(recorded / "index.json", {path: DECISION})
    head = {"level": "3", "head_repository": "https://github.com/example/app", "head_ref": "main"}
    with pytest.raises(RelproError, match=f"is of {fact}"):
        promoted(project, recorded, given, **at_a_desk(**head))


def test_the_group_wins_over_the_index_where_it_is_of_the_revision(
    project: Project, recorded: Path
) -> None:
    other = task_id(DECISION, "a later push")
    record(Pipeline(project, push_of(project).given, creator=other), recorded)
    path = f"gecko.v2.main.branch.main.revision.{'a' * 40}.taskgraph.decision"
    write_json(recorded / "index.json", {path: other})
    dates = dict.fromkeys(("created", "deadline", "expires"), "2030-01-01T00:00:00.000Z")
    said = {**make_definition("a graph"), **dates, "taskGroupId": DECISION}
    definitions = {PROMOTION: said, DECISION: said}
    write_json(recorded / "definitions.json", definitions)
    head = {"head_rev": "a" * 40, "project": "main", "head_ref": "refs/heads/main"}
    for group in (DECISION, PROMOTION):
        for given in (without_graphs(), without_graphs(revision="a" * 40)):
            asked_on = {"head": head, "task_group_id": group}
            made = promoted(project, recorded, given, **asked_on, creator=task_id(group, "new"))
            builds = made.parameters.existing_tasks
            assert builds["build-linux64"] == task_id(DECISION, "build-linux64")


def test_a_group_that_does_not_say_its_revision_is_not_of_the_one_asked_for(
    project: Project, recorded: Path
) -> None:
    path = recorded / DECISION / "public" / "parameters.yml"
    path.write_text(path.read_text().replace(f"head_rev: {'a' * 40}\n", ""))
    head = {"head_rev": "a" * 40, "project": "main", "head_ref": "refs/heads/main"}
    with pytest.raises(RelproError, match="Q707"):
        promoted(project, recorded, without_graphs(revision="a" * 40), head=head)


@pytest.mark.parametrize("name", ["main-pr", "try"])
def test_only_the_decision_of_a_push_is_promoted(
    project: Project, recorded: Path, name: str
) -> None:
    path = f"gecko.v2.{name}.revision.{'d' * 40}.taskgraph.decision"
    write_json(recorded / "index.json", {path: DECISION})
    given = {**PROMOTE, "previous_graph_ids": [], "revision": "d" * 40}
    with pytest.raises(RelproError, match="no decision task is indexed"):
        promoted(project, recorded, given, head={"project": "main"})


def test_what_was_looked_up_at_promotion_is_used_by_push_and_ship(
    project: Project, recorded: Path
) -> None:
    switches = {"release_enable_partner_repack": True}
    record(promoted(project, recorded, {**PROMOTE, **switches}), recorded)
    given = {
        **PROMOTE,
        **switches,
        "release_promotion_flavor": "push_app",
        "previous_graph_ids": [DECISION, PROMOTION],
    }
    creator = task_id(DECISION, "push")
    pipeline = promoted(project, recorded, given, look_ups=NoAnswers(), creator=creator)
    assert pipeline.parameters["release_history"] == HISTORY
    looked_up = pipeline.parameters["release_partner_config"]["release-partner-repack"]
    assert looked_up["one"]["one-a"]["locales"] == ["de", "fr", "xx"]


def test_promoting_again_takes_the_partners_of_before_and_looks_up_the_history(
    project: Project, recorded: Path
) -> None:
    switches = {"release_enable_partner_repack": True}
    record(promoted(project, recorded, {**PROMOTE, **switches}), recorded)
    again = {**PROMOTE, **switches, "previous_graph_ids": [DECISION, PROMOTION]}
    answers = write_json(recorded.parent / "history.json", {"release_history": HISTORY})
    told = {"look_ups": RecordedLookUps(answers), "creator": task_id(DECISION, "again")}
    made = promoted(project, recorded, again, **told).parameters
    looked_up = made["release_partner_config"]["release-partner-repack"]
    assert looked_up["one"]["one-a"]["locales"] == ["de", "fr", "xx"]
    # A flavor for partners alone is promoted since their builds have changed.
    config = project.root / "kinds" / "config.yml"
    own = "promote_app: &promote\n      parameters: {release_enable_partner_repack: true}"
    config.write_text(config.read_text().replace("promote_app: &promote", own))
    with pytest.raises(RelproError, match="release_partner_config"):
        promoted(Project(project.root), recorded, again, **told)


def test_partners_get_the_locales_that_the_release_has(project: Project, recorded: Path) -> None:
    config = project.root / "kinds" / "config.yml"
    text = config.read_text().replace("  flavors:", "  released-locales: locales\n  flavors:")
    config.write_text(text)
    limited = Project(project.root)
    made = parameters(limited, recorded, release_enable_partner_repack=True)
    assert made["release_partner_config"] == {
        "release-partner-repack": {
            "one": {"one-a": {"locales": ["de", "fr"], "platforms": ["linux64"]}}
        }
    }


def test_partners_of_the_input_are_used_as_they_are_given(project: Project, recorded: Path) -> None:
    config = {"release-partner-repack": {"two": {"two-a": {"locales": ["fr", "de"]}}}}
    given = {
        **PROMOTE,
        "release_enable_partner_repack": True,
        "release_partner_config": config,
    }
    assert promoted(project, recorded, given).parameters["release_partner_config"] == {
        "release-partner-repack": {"two": {"two-a": {"locales": ["de", "fr"]}}}
    }


@pytest.mark.parametrize(
    ("partners", "place"),
    [
        ({"x": 1}, "x"),
        ({"x": {"one": "de"}}, "x.one"),
        ({"x": {"one": {"one-a": {"locales": "de"}}}}, "x.one.one-a.locales"),
        (
            {"release-partner-attribution": {"configs": [1]}},
            "release-partner-attribution.configs[0]",
        ),
    ],
)
def test_partners_of_another_shape_are_refused(
    project: Project, recorded: Path, partners: Any, place: str
) -> None:
    given = {"release_enable_partner_repack": True, "release_partner_config": partners}
    with pytest.raises(RelproError, match="Q709") as error:
        parameters(project, recorded, **given)
    what = error.value.diagnostics[0].what
    assert what.startswith(f"`input.release_partner_config.{place}` is ")


#: An input of a later phase, in which nearly everything is wrong that is looked at as one.
SENSELESS = f"""\
release_promotion_flavor: push_app
build_number: 3
version: '9.9'
next_version: '0.9'
release_eta: 2019-01-01T13:00:00Z
previous_graph_ids: [{DECISION}, {PROMOTION}]
release_partners: [one]
release_enable_emefree: true
partial_updates:
  '9.9': {{buildNumber: 1, locales: [de]}}
  '0.9':
    buildNumber: 1
    locales: []
"""


def places(project: Project, recorded: Path, text: str) -> dict[tuple[str, int], str]:
    """Where what is wrong with an input stands, and what it is."""
    document = parse(text.encode(), "input.yml")
    with pytest.raises(RelproError) as error:
        promoted(project, recorded, document.data, origin=document.locations.origin)
    return {
        (str(one.where[0].path[0]), one.where[0].line): one.what for one in error.value.diagnostics
    }


def test_what_is_wrong_with_an_input_is_told_at_once_and_where_it_stands(
    project: Project, recorded: Path
) -> None:
    record(promoted(project, recorded), recorded)
    assert places(project, recorded, SENSELESS).keys() == {
        ("build_number", 2),
        ("version", 3),
        ("next_version", 4),
        ("release_eta", 5),
        ("release_partners", 7),
        ("release_enable_emefree", 8),
        ("partial_updates", 9),
        ("partial_updates", 10),
        ("partial_updates", 13),
    }


@pytest.mark.parametrize(
    ("old", "new", "field", "line"),
    [
        ("[DECISION]", "[PROMOTION, DECISION]", "previous_graph_ids", 3),
        ("buildNumber: 1", "buildNumber: 2", "partial_updates", 5),
        ("[de]", "[de, fr]", "partial_updates", 5),
        ("'0.9'", "'0.8'", "partial_updates", 5),
        ("rebuild_kinds: []", "rebuild_kinds:\n- build\n- biuld", "rebuild_kinds", 8),
        ("do_not_optimize: []", "do_not_optimize: [x]", "do_not_optimize", 7),
        ("signoff_urls: {}", "signoff_urls: {qa: 'https://a.example'}", "signoff_urls", 8),
        ("{}  # config", "{x: {a: {a: {locales: 3}}}}", "release_partner_config", 10),
        ("attribution: false", "attribution: true", "release_enable_partner_attribution", 11),
    ],
)
def test_each_refusal_names_the_line_of_an_input(
    project: Project, recorded: Path, old: str, new: str, field: str, line: int
) -> None:
    text = """\
release_promotion_flavor: promote_app
build_number: 2
previous_graph_ids: [DECISION]
partial_updates:
  '0.9': {buildNumber: 1, locales: [de]}
rebuild_kinds: []
do_not_optimize: []
signoff_urls: {}
release_enable_partner_repack: true
release_partner_config: {}  # config
release_enable_partner_attribution: false
"""
    record(promoted(project, recorded), recorded)
    text = text.replace(old, new).replace("DECISION", DECISION).replace("PROMOTION", PROMOTION)
    assert (field, line) in places(project, recorded, text)


@pytest.mark.parametrize("unsaid", [None, "", "None"])
def test_what_a_form_leaves_open_is_the_default_or_stays(
    project: Project, recorded: Path, unsaid: str | None
) -> None:
    names = ("version", "release_eta", "next_version")
    made = parameters(project, recorded, **dict.fromkeys(names, unsaid))
    assert [made[name] for name in names] == ["1.0", "", None]


@pytest.mark.parametrize(
    ("field", "name", "meant"),
    [("rebuild_kinds", "biuld", "build"), ("do_not_optimize", "build-linux46", "build-linux64")],
)
def test_what_is_to_be_made_anew_must_exist(
    project: Project, recorded: Path, field: str, name: str, meant: str
) -> None:
    with pytest.raises(RelproError, match=f"`{field}` names `{name}`") as error:
        parameters(project, recorded, **{field: [name]})
    assert error.value.diagnostics[0].remedy == f"did you mean `{meant}`?"


def test_partner_flavors_set_the_switches_whatever_the_input_says(
    project: Project, recorded: Path
) -> None:
    made = parameters(
        project,
        recorded,
        release_promotion_flavor="promote_app_partner_repack",
        release_enable_emefree=True,
        partial_updates={},
    )
    assert made["release_enable_partner_repack"] is True
    assert made["release_enable_emefree"] is False


@pytest.mark.parametrize("given", ["", None, "None"])
def test_no_next_version_is_refused_by_flavors_that_bump_it(
    project: Project, recorded: Path, given: str | None
) -> None:
    with pytest.raises(RelproError, match="`next_version` of the input is missing") as error:
        parameters(project, recorded, release_promotion_flavor="ship_app", next_version=given)
    assert codes(error) == ["Q709"]
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"partial_updates": {}}, "`partial_updates` of the input is missing"),
        ({"release_eta": "2020-09-13T13:00:00Z"}, "`release_eta` is in the past"),
        ({"release_eta": "tomorrow"}, "`release_eta` is `tomorrow`, which is not a date"),
        (
            {
                "release_enable_partner_repack": True,
                "release_enable_partner_attribution": True,
                "release_partners": ["one"],
                "release_partner_config": PARTNERS,
            },
            "names a subset while repacks and attribution are both on",
        ),
        (
            {"release_enable_partner_attribution": True},
            "`release_enable_partner_attribution` cannot be switched on",
        ),
        ({"release_partners": ["one"]}, "`release_partners` names `one`"),
        (
            {"release_partner_config": PARTNERS},
            "`release_partner_config` is given, and no such builds are made",
        ),
        (
            {"release_promotion_flavor": "promote_app_partner_repack"},
            "`partial_updates` names `0.9`",
        ),
        ({"release_eta": "2020-11-14T13:00:00Z"}, "`release_eta` is more than 20 days ahead"),
        ({"revision": "HEAD"}, "`input.revision` is `.HEAD.`, which does not match"),
        ({"previous_graph_ids": [DECISION] * 2}, f"holds `.{DECISION}.` twice"),
        ({"signoff_urls": {"qa": "yes"}}, "which does not match"),
        ({"signoff_urls": {"qa": "https://example.com"}}, "`signoff_urls` names `qa`, for which"),
    ],
)
def test_what_a_release_lacks_is_told_before_anything_is_made(
    project: Project, recorded: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(RelproError, match=message) as error:
        parameters(project, recorded, **changes)
    assert codes(error) == ["Q709"]


def test_everything_that_is_lacking_is_told_at_once(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError) as error:
        parameters(
            project,
            recorded,
            release_promotion_flavor="ship_app",
            next_version=None,
            partial_updates={},
            release_eta="2000-01-01T00:00:00Z",
        )
    assert codes(error) == ["Q709", "Q709", "Q709"]


def test_a_staging_release_needs_no_partial_updates(tmp_path: Path) -> None:
    project = write_project(tmp_path / "app")
    record(push_of(project, project="staging", level="1"), tmp_path / "recorded")
    made = parameters(project, tmp_path / "recorded", partial_updates={})
    assert made["release_history"] == {}


def test_a_graph_of_another_project_is_refused(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError, match=f"graph `{DECISION}` is of project `main`"):
        promoted(project, recorded, head={"project": "other-project"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"release_promotion_flavor": "promote_ap"}, "did you mean `promote_app`?"),
        ({"release_promotion_flavor": None}, "release_promotion_flavor"),
        ({"build_number": "2"}, "`input.build_number` is"),
        ({"build_number": 0}, "`input.build_number` is `0`, less than"),
        ({"build_number": 2**31}, "`input.build_number` is `2147483648`, more than"),
        ({"partial_updates": {"0.9": {"locales": []}}}, "lacks `buildNumber`"),
        ({"previous_graph_ids": ["short"]}, "previous_graph_ids"),
        ({"parital_updates": {}}, "did you mean `partial_updates`?"),
    ],
)
def test_an_input_that_does_not_fit_is_refused_naming_the_field(
    project: Project, recorded: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(RelproError) as error:
        asked(project, recorded, "release-promotion", {**PROMOTE, **change})
    assert set(codes(error)) == {"Q709"}
    assert message in str(error.value)


def test_missing_fields_are_all_named(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError) as error:
        asked(project, recorded, "release-promotion", {})
    assert "release_promotion_flavor" in str(error.value)
    assert "build_number" in str(error.value)


def test_an_unknown_graph_is_told(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError, match=f"no task has the id `{PROMOTION}`") as error:
        promoted(project, recorded, {**PROMOTE, "previous_graph_ids": [PROMOTION]})
    assert error.value.exit_code == 2


def test_a_missing_artifact_is_told(project: Project, recorded: Path) -> None:
    (recorded / DECISION / "public" / "full-task-graph.json").unlink()
    with pytest.raises(RelproError, match=r"`public/full-task-graph\.json` of task") as error:
        promoted(project, recorded)
    assert codes(error) == ["Q706"]
    assert error.value.exit_code == 3


def test_computes_the_parameters_that_a_real_release_was_promoted_with(
    tmp_path: Path, shared_data: Path
) -> None:
    real = shared_data / "firefox-92.0.1"
    decision = "K_iM4y8xTyqsVKSAcZjzWQ"
    wanted = yaml.load((real / "promote" / "parameters.yml").read_bytes(), yaml.CSafeLoader)
    given = yaml.load((real / "promote" / "input.yml").read_bytes(), yaml.CSafeLoader)
    project = write_project(tmp_path / "app", product="firefox")
    recorded = tmp_path / "recorded"
    public = recorded / decision / "public"
    public.mkdir(parents=True)
    for name in ("parameters.yml", "label-to-taskid.json"):
        (public / name).write_bytes((real / "build" / name).read_bytes())
    kinds = {label: {"kind": label.partition("-")[0]} for label in wanted["existing_tasks"]}
    write_json(public / "full-task-graph.json", kinds)
    request = asked(
        project, recorded, "release-promotion", given, now=datetime(2021, 9, 22, tzinfo=UTC)
    )
    names = ("release_history", "release_partner_config")
    write_json(tmp_path / "answers.json", {name: wanted[name] for name in names})
    work = RELEASE_PROMOTION.decide(request)
    assert isinstance(work, Generate)
    computed = work.pipeline.parameters.values
    assert {name: computed[name] for name in wanted} == wanted


def test_binaries_of_one_version_are_not_promoted_as_another(
    project: Project, recorded: Path
) -> None:
    with pytest.raises(RelproError, match=r"is called 9\.9\.9, and was built as 1\.0"):
        parameters(project, recorded, version="9.9.9")


def test_a_flavor_may_promote_another_version(tmp_path: Path, recorded: Path) -> None:
    project = write_project(tmp_path / "other")
    config = project.root / "kinds" / "config.yml"
    config.write_text(
        config.read_text().replace(
            "promote_app: &promote", "promote_app: &promote\n      may-differ: [version]"
        )
    )
    made = parameters(Project(project.root), recorded, version="9.9.9", next_version="10.0")
    assert made.version == "9.9.9"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"next_version": "0.9"}, "`next_version` is 0.9, which is not after 1.0"),
        (
            {"partial_updates": {"1.0": {"buildNumber": 1, "locales": ["de"]}}},
            "`partial_updates` names 1.0, the version that is released",
        ),
        (
            {"partial_updates": {"0.8": {"buildNumber": 1, "locales": ["de"]}}},
            "the release history has 0.9, which nobody asked for",
        ),
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    project: Project, recorded: Path, changes: Any, fault: str
) -> None:
    with pytest.raises(RelproError) as error:
        parameters(project, recorded, **changes)
    assert error.value.exit_code == 2
    assert fault in [diagnostic.what for diagnostic in error.value.diagnostics]


def test_a_sign_off_for_which_no_task_waits_is_refused(project: Project, recorded: Path) -> None:
    with pytest.raises(RelproError, match="`qa`, for which no task waits") as error:
        parameters(project, recorded, required_signoffs=["qa"])
    assert codes(error) == ["Q709"]
    kind = project.root / "kinds" / "promote" / "publish.yml"
    waits = "    from-deps: {}\n    attributes: {required-signoffs: [qa]}\n"
    kind.write_text(kind.read_text().replace("    from-deps: {}\n", waits))
    waiting = Project(project.root)
    assert parameters(waiting, recorded, required_signoffs=["qa"])["required_signoffs"] == ["qa"]
    with pytest.raises(RelproError, match="did you mean `qa`") as error:
        parameters(waiting, recorded, required_signoffs=["qaa"])


#: Contents of artifacts that no decision task wrote.
HOSTILE: dict[str, list[Any]] = {
    "label-to-taskid.json": [
        *([], 1, None, "x", {"a": 1}, {"a": None}, {"a": ["b"]}, {"build-linux64": {}}),
        *({"build-linux64": "../../etc/passwd"}, {"build-linux64": DECISION + "/artifacts"}),
    ],
    "full-task-graph.json": [[], 1, "x", {"a": 1}, {"a": {}}, {"a": {"kind": 1}}, {"a": [{}]}],
    "parameters.yml": [[], 1, "x", {"shipping_phase": "../x"}, {"level": 3}],
}


@pytest.mark.parametrize(
    ("name", "content"), [(name, content) for name, many in HOSTILE.items() for content in many]
)
def test_what_no_decision_task_wrote_is_told(
    project: Project, recorded: Path, name: str, content: Any
) -> None:
    (path,) = (recorded / DECISION).rglob(name)
    if isinstance(content, dict) and name == "parameters.yml":
        content = {**yaml.safe_load(path.read_text()), **content}
    path.write_bytes(orjson.dumps(content))
    with pytest.raises(RelproError) as caught:
        promoted(project, recorded)
    assert {*codes(caught)} <= {"Q706", "P501", "P502", "Y105"}
