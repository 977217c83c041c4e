from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.errors import RelproError
from relpro.model.task import Task
from relpro.stock.body import FIELDS
from relpro.stock.define import Definer, define
from relpro.stock.routes import escaped
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from tests.stock.workers.making import context, description, problems, task

REV = "d7bbc5812f7f36a9378165fffd7a058ddb0118ec"
INDEX = {"product": "app", "job-name": "linux-opt"}


def defined(ctx: Context | None = None, **more: Any) -> Task:
    return define(ctx or context(), description("succeed", {}, **more))


def body(ctx: Context | None = None, **more: Any) -> Any:
    return defined(ctx, **more).definition


def error(ctx: Context | None = None, alias: str = "succeed", **more: Any) -> Any:
    with pytest.raises(RelproError) as caught:
        define(ctx or context(), description(alias, more.pop("worker", {}), **more))
    (found,) = caught.value.diagnostics
    return found


def test_the_body_says_where_and_when_the_task_runs() -> None:
    said = body()
    assert (said["provisionerId"], said["workerType"]) == ("built-in", "succeed")
    assert said["schedulerId"] == "app-level-3"
    assert said["priority"] == "medium"
    assert said["requires"] == "all-completed"
    assert said["created"] == {"relative-datestamp": "0 seconds"}
    assert said["deadline"] == {"relative-datestamp": "1 day"}
    assert said["expires"] == {"relative-datestamp": "1 year"}


def test_the_body_names_no_dependencies_retries_or_project_of_its_own() -> None:
    assert not {"dependencies", "retries", "projectId", "taskGroupId"} & body().keys()


def test_what_the_description_says_wins_over_the_configuration() -> None:
    said = body(
        priority="highest",
        deadline_after="2 days",
        expires_after="3 years",
        retries=0,
        requires="all-resolved",
        project_id="app",
    )
    assert said["priority"] == "highest"
    assert said["deadline"] == {"relative-datestamp": "2 days"}
    assert said["expires"] == {"relative-datestamp": "3 years"}
    assert (said["retries"], said["requires"], said["projectId"]) == (0, "all-resolved", "app")


def test_settings_of_the_configuration_may_depend_on_the_task() -> None:
    ship = {"shipping_phase": "ship", "shipping_product": "app"}
    assert body(attributes=ship)["deadline"] == {"relative-datestamp": "5 days"}


def test_a_setting_needs_no_default_where_every_phase_or_product_has_a_value() -> None:
    phases = {"build": "lowest", "promote": "low", "push": "high", "ship": "highest"}
    keyed = context(settings={"task_priority": {"by-shipping-phase": phases}})
    ship = {"shipping_phase": "ship", "shipping_product": None}
    assert body(keyed, attributes=ship)["priority"] == "highest"
    products = {"by-shipping-product": {"app": "high", "none": "low"}}
    keyed = context(settings={"task_priority": products})
    assert body(keyed, attributes=ship)["priority"] == "low"
    assert body(keyed, attributes={**ship, "shipping_product": "app"})["priority"] == "high"


@pytest.mark.parametrize("label", ["", "a b", "a\nb", "a-{level}"])
def test_what_can_be_no_label_is_refused_whoever_made_it(label: str) -> None:
    with pytest.raises(Refusal, match="must be text of letters, digits and") as caught:
        defined(label=label)
    assert caught.value.path == ("name",)


def test_a_product_that_there_is_not_is_refused_whoever_said_it() -> None:
    found = error(attributes={"shipping_phase": "ship", "shipping_product": "appp"})
    assert (found.code, found.what) == ("K211", "no product is called `appp`")
    assert found.remedy == "did you mean `app`?"


def test_settings_of_the_configuration_may_depend_on_the_release() -> None:
    assert body(context(level="1"))["expires"] == {"relative-datestamp": "28 days"}
    assert body(context(level="1"))["priority"] == "low"


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ({"by-project": {"other": "low"}}, "T402"),
        ({"by-nothing": {"other": "low"}}, "T401"),
        ({"by-level": {"3": "{nothing}", "(": "low"}}, "K201"),
        ({"by-shipping-phase": {"build": "low"}}, "T402"),
    ],
)
def test_a_setting_without_a_value_is_an_error_of_the_configuration(
    setting: Any, code: str
) -> None:
    found = error(context(settings={"task_priority": setting}))
    assert found.code == code
    assert found.what.startswith("`task-priority`: ")
    assert found.where[0].file == "kinds/config.yml"


@pytest.mark.parametrize(
    "value", ["{head-rev}", {"by-shipping-phase": {"promote": "soon", "default": "1 day"}}]
)
def test_a_setting_that_is_no_duration_is_an_error_of_the_configuration(value: Any) -> None:
    found = error(context(settings={"task_deadline_after": value}))
    assert found.code == "T403"
    assert found.what.startswith("`task-deadline-after` must be a duration of at most 1000 years, ")
    assert found.where[0].file == "kinds/config.yml"


def test_a_worker_type_may_depend_on_the_release() -> None:
    worker = {"signing-type": "x", "upstream-artifacts": []}
    ours = define(context(), description("signing", worker)).definition
    staging = define(context(project="try"), description("signing", worker)).definition
    assert (ours["workerType"], staging["workerType"]) == ("app-3-signing", "app-t-signing")


def test_tags_and_metadata_say_what_the_task_is() -> None:
    said = body(tags={"team": "release"})
    assert said["tags"] == {
        "createdForUser": "owner@example.com",
        "kind": "sign",
        "label": "sign-t",
        "os": "linux",
        "retrigger": "false",
        "team": "release",
    }
    assert said["metadata"] == {
        "name": "sign-t",
        "description": "Signs",
        "owner": "owner@example.com",
        "source": f"https://github.com/example/app/blob/{REV}/kinds/promote/sign.yml",
    }


@pytest.mark.parametrize(
    ("repository", "vcs", "source"),
    [
        ("https://github.com/example/app.git", "git", "https://github.com/example/app/blob"),
        ("https://github.com/example/app/", "git", "https://github.com/example/app/blob"),
        ("https://hg.example.com/app", "hg", "https://hg.example.com/app/file"),
    ],
)
def test_the_source_leads_to_the_kind(repository: str, vcs: str, source: str) -> None:
    said = body(context(head_repository=repository, repository_type=vcs))
    assert said["metadata"]["source"] == f"{source}/{REV}/kinds/promote/sign.yml"


def test_dependencies_are_those_of_upstream_and_those_named() -> None:
    made = defined(upstream={"b": task("build-t")}, dependencies={"c": "check-t"})
    assert made.dependencies == {"b": "build-t", "c": "check-t"}


def test_what_the_graph_needs_is_carried_over() -> None:
    made = defined(
        soft_dependencies=("x",), if_dependencies=("build",), optimization={"never": None}
    )
    assert (made.label, made.kind, made.name) == ("sign-t", "sign", "t")
    assert made.soft_dependencies == ("x",)
    assert made.if_dependencies == ("build",)
    assert made.optimization == {"never": None}
    assert made.implementation == "succeed"
    assert made.attributes == {"shipping_phase": "promote", "shipping_product": "app"}


def test_scopes_are_sorted_and_named_once() -> None:
    assert body(scopes=("b", "a", "b"))["scopes"] == ["a", "b"]


def test_routes_keep_their_order_and_are_named_once() -> None:
    assert body(routes=("z", "a", "z"))["routes"] == ["z", "a"]


def test_a_task_that_treeherder_shows_says_where() -> None:
    shown = {"symbol": "Rel(pub)", "platform": "app-release/opt", "kind": "build", "tier": 2}
    said = body(treeherder=shown)
    assert said["routes"] == [f"tc-treeherder.v2.release.{REV}"]
    assert said["extra"]["treeherder"] == {
        "symbol": "pub",
        "groupSymbol": "Rel",
        "groupName": "Release tasks",
        "collection": {"opt": True},
        "machine": {"platform": "app-release"},
        "jobKind": "build",
        "tier": 2,
    }


def test_a_symbol_may_be_without_a_group() -> None:
    said = body(treeherder={"symbol": "s", "platform": "p/opt"})["extra"]["treeherder"]
    assert said == {
        "symbol": "s",
        "collection": {"opt": True},
        "machine": {"platform": "p"},
        "jobKind": "other",
        "tier": 1,
    }


def test_an_unknown_group_is_an_error_with_the_group_that_was_meant() -> None:
    found = error(treeherder={"symbol": "Rell(s)", "platform": "p/opt"})
    assert found.code == "K211"
    assert found.what == "no Treeherder group is called `Rell`"
    assert found.remedy == "did you mean `Rel`?"


@pytest.mark.parametrize(
    ("shown", "what"),
    [
        ({"symbol": "s"}, "platform"),
        ({"symbol": "s", "platform": "linux"}, "platform"),
        ({"platform": "p/opt"}, "symbol"),
        ({"symbol": "Rel(s", "platform": "p/opt"}, "neither"),
        ({"symbol": "s", "platform": "p/opt", "tier": 4}, "no tier 4"),
    ],
)
def test_a_place_in_treeherder_must_be_complete(shown: dict[str, Any], what: str) -> None:
    with pytest.raises(Refusal, match=what):
        body(treeherder=shown)


def test_index_routes_are_those_of_the_type() -> None:
    assert body(index=INDEX)["routes"] == [
        "index.app.v2.release.branch.release.latest.app.linux-opt",
        "index.app.v2.release.pushdate.2021.09.22.20210922161155.app.linux-opt",
        f"index.app.v2.release.revision.{REV}.app.linux-opt",
    ]


@pytest.mark.parametrize(
    ("vcs", "ref", "place"),
    [
        ("hg", "default", "release"),
        ("git", "", "release"),
        ("git", "main", "release.branch.main"),
        ("git", "refs/heads/releases_v1.0", "release.branch.releases_v1%2E0"),
        ("git", "a/b", "release.branch.a%2Fb"),
    ],
)
def test_a_branch_of_git_is_a_part_of_the_index_path(vcs: str, ref: str, place: str) -> None:
    routes = body(context(repository_type=vcs, head_ref=ref), index=INDEX)["routes"]
    assert routes[0] == f"index.app.v2.{place}.latest.app.linux-opt"


@given(st.text(), st.text())
def test_different_names_are_different_parts_of_an_index_path(one: str, other: str) -> None:
    assert (escaped(one) == escaped(other)) == (one == other)
    assert "." not in escaped(one)
    assert escaped(one).isascii()


def test_routes_that_name_the_locale_are_made_for_each_locale() -> None:
    said = body(
        index={**INDEX, "type": "l10n", "locales": ["de", "fr"]},
        attributes={"build_platform": "linux64"},
    )
    assert said["routes"] == [
        "index.app.v2.release.latest.app-l10n.linux-opt.de",
        "index.app.v2.release.latest.app-l10n.linux-opt.fr",
        "index.app.v2.release.linux64.app.linux-opt",
    ]


def test_routes_of_a_task_of_one_locale_name_it() -> None:
    attributes = {"build_platform": "linux64", "locale": "de"}
    routes = body(index={**INDEX, "type": "l10n"}, attributes=attributes)["routes"]
    assert routes[0] == "index.app.v2.release.latest.app-l10n.linux-opt.de"


@pytest.mark.parametrize(
    ("rank", "tier", "expected"),
    [
        (None, 1, 1632327115),
        (None, 2, 0),
        ("by-tier", None, 0),
        ("build_date", 3, 1632327115),
        (7, 1, 7),
    ],
)
def test_the_rank_in_the_index_follows_the_tier(rank: Any, tier: int | None, expected: int) -> None:
    index = INDEX | ({"rank": rank} if rank is not None else {})
    shown = {"symbol": "s", "platform": "p/opt", "tier": tier} if tier else None
    assert body(index=index, treeherder=shown)["extra"]["index"] == {"rank": expected}


@pytest.mark.parametrize(
    ("index", "what"),
    [
        ({**INDEX, "product": "apq"}, "no index product is called `apq`"),
        ({**INDEX, "type": "generik"}, "no index type is called `generik`"),
    ],
)
def test_an_unknown_name_of_the_index_is_an_error(index: dict[str, str], what: str) -> None:
    found = error(index=index)
    assert (found.code, found.what) == ("K211", what)


def test_a_route_that_names_what_a_task_has_not_is_an_error() -> None:
    types = {"generic": ("index.app.v2.{nothing}",)}
    found = error(context(settings={"index_types": types}), index=INDEX)
    assert found.code == "T401"
    assert [place.file for place in found.where] == ["kinds/promote/sign.yml", "kinds/config.yml"]


@pytest.mark.parametrize(
    ("index", "what"),
    [
        ({"product": "app"}, "needs a `product` and a `job-name`"),
        ({**INDEX, "job-name": "linux 64/opt"}, "`linux 64/opt` has others"),
        ({**INDEX, "rank": "high"}, '`rank` is rendered to "high"'),
        ({**INDEX, "rank": ["1"]}, "`rank` is rendered to a list"),
        ({**INDEX, "locales": "de"}, '`locales` must be a list, and is "de"'),
    ],
)
def test_what_the_index_cannot_take_is_refused(index: dict[str, Any], what: str) -> None:
    with pytest.raises(Refusal) as caught:
        body(index=index)
    assert what in caught.value.what
    assert caught.value.path[0] == "index"


def test_an_unknown_worker_alias_is_an_error_with_the_alias_that_was_meant() -> None:
    found = error(alias="signign")
    assert (found.code, found.remedy) == ("T413", "did you mean `signing`?")
    assert found.where[0].file == "kinds/promote/sign.yml"


def test_an_alias_with_an_unknown_implementation_is_an_error_of_the_configuration() -> None:
    found = error(alias="wrong")
    assert (found.code, found.remedy) == ("K211", "did you mean `docker-worker`?")
    assert found.where[0].file == "kinds/config.yml"


def test_an_alias_that_cannot_be_rendered_is_an_error_of_the_configuration() -> None:
    found = error(alias="stray")
    assert found.code == "T401"
    assert found.where[0].file == "kinds/config.yml"


def test_a_key_that_neither_the_entry_nor_a_transform_gave_is_missed() -> None:
    found = error(alias="signing", worker={"upstream-artifacts": []})
    assert found.code == "K202"
    assert found.what == "required key `signing-type` of `worker` is missing"
    assert (found.where[0].file, found.where[0].line) == ("kinds/promote/sign.yml", 7)


def test_a_key_that_no_implementation_knows_is_found_whoever_gave_it() -> None:
    worker = {"docker-image": "debian:12", "max-run-time": 60, "max-runtime": 60}
    found = error(alias="linux", worker=worker)
    assert (found.code, found.remedy) == ("K203", "did you mean `max-run-time`?")
    assert found.what == "unknown key `max-runtime` of `worker`"


def test_tasks_share_what_is_equal() -> None:
    ctx, shown = context(), {"symbol": "s", "platform": "p/opt"}
    definer = Definer.of(ctx.config, ctx.parameters, ctx.release)
    worker = {"docker-image": "debian:12", "max-run-time": 60}
    one, other = (
        definer(ctx, description("linux", worker, name=name, treeherder=dict(shown))).definition
        for name in ("a", "b")
    )
    assert one["created"] is other["created"]
    assert one["deadline"] is other["deadline"]
    assert one["payload"] is other["payload"]
    assert one["extra"]["treeherder"] is other["extra"]["treeherder"]


def test_tasks_of_different_workers_share_no_payload() -> None:
    ctx = context()
    definer = Definer.of(ctx.config, ctx.parameters, ctx.release)
    for number in range(1, 200):
        worker = {"docker-image": "debian:12", "max-run-time": number}
        made = definer(ctx, description("linux", worker)).definition
        assert made["payload"]["maxRunTime"] == number


def test_a_definer_and_define_agree() -> None:
    ctx, said = context(), description("succeed", {}, index=INDEX)
    definer = Definer.of(ctx.config, ctx.parameters, ctx.release)
    assert definer(ctx, said) == define(ctx, said)


def test_defining_changes_nothing_that_it_was_given() -> None:
    extra = {"chainOfTrust": {"inputs": {}}, "index": {"x": 1}}
    worker = {"docker-image": {"in-tree": "i"}, "max-run-time": 60, "env": {"A": 1}}
    said = description("linux", worker, extra=extra, index=INDEX)
    before = repr(attrs.asdict(said, recurse=False))
    define(context(), said)
    assert repr(attrs.asdict(said, recurse=False)) == before


def test_the_queue_accepts_what_is_defined() -> None:
    shown = {"symbol": "Rel(pub)", "platform": "app-release/opt"}
    assert problems(defined(index=INDEX, treeherder=shown, retries=3, project_id="app")) == []


def test_every_row_of_a_body_makes_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {"symbol": "s", "platform": "p/opt"}
    told = {
        "index": INDEX,
        "treeherder": shown,
        "retries": 3,
        "project_id": "app",
        "extra": {"own": 1},
    }
    said = description("linux", {"docker-image": "debian:12", "max-run-time": 60}, **told)
    said = said.replace(tags={"own": "tag"})
    whole = define(context(), said).definition
    for row in FIELDS:
        others = tuple(one for one in FIELDS if one is not row)
        monkeypatch.setattr("relpro.stock.body.FIELDS", others)
        assert define(context(), said).definition != whole, row


def test_what_extra_says_of_the_index_must_be_a_mapping() -> None:
    with pytest.raises(Refusal, match="`index` of `extra`") as caught:
        body(index=INDEX, extra={"index": 5})
    assert caught.value.path == ("extra", "index")
    assert body(index=INDEX, extra={"index": {"a": 1}})["extra"]["index"]["a"] == 1


def _given(written: Any, alias: str = "linux") -> Context:
    known = context().config.workers
    workers = {**known, alias: attrs.evolve(known[alias], worker=written)}
    return context(settings={"workers": workers})


def test_every_task_of_a_place_has_what_is_given_there_unless_it_says_otherwise() -> None:
    given = {
        "by-level": {
            "3": {"env": {"CI": "1", "REV": "{head-rev}"}, "allow-ptrace": True},
            "default": {},
        }
    }
    worker = {"docker-image": "x", "max-run-time": 1, "env": {"CI": "own"}, "allow-ptrace": False}

    made = define(_given(given), description("linux", worker)).definition["payload"]

    assert made["env"] == {"CI": "own", "REV": REV}
    assert made["features"] == {}
    plain = {"docker-image": "x", "max-run-time": 1}
    usual = define(_given(given), description("linux", plain)).definition
    assert usual["payload"]["features"] == {"allowPtrace": True}
    assert usual["scopes"] == ["docker-worker:feature:allowPtrace"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({"enviroment": {}}, "K203"),
        ({"max-run-time": "{head-rev}"}, "T403"),
        ("{head-rev}", "T403"),
        ({"env": {"A": "{nothing}"}}, "T401"),
    ],
)
def test_what_is_given_to_all_must_be_what_their_worker_takes(written: Any, code: str) -> None:
    with pytest.raises(RelproError) as caught:
        define(_given(written), description("linux", {"docker-image": "x", "max-run-time": 1}))
    assert [one.code for one in caught.value.diagnostics] == [code]
