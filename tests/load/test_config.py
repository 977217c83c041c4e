from pathlib import Path
from typing import Any

import pytest
import yaml

from relpro.errors import RelproError
from relpro.load.config import load_config
from relpro.load.references import unknown_kinds
from relpro.model.config import GraphConfig
from relpro.model.phase import Phase
from relpro.model.policy import Localisation, Notarization, Period, Policy
from relpro.testing.factories import make_config

LEAST: dict[str, Any] = {
    "trust-domain": "widgets",
    "products": ["widget"],
    "workers": {"aliases": {}},
    "target-tasks-method": "default",
    "target-methods": {"default": {}},
}
ALIAS = {"provisioner": "p", "worker-type": "w", "implementation": "succeed", "os": "linux"}


def load(root: Path, **changes: Any) -> GraphConfig:
    """The configuration of a project; underscores stand for dashes."""
    said = {**LEAST, **{name.replace("_", "-"): value for name, value in changes.items()}}
    (root / "kinds").mkdir()
    (root / "kinds/config.yml").write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    return load_config(root)


def complaints(root: Path, **changes: Any) -> list[str]:
    with pytest.raises(RelproError) as caught:
        load(root, **changes)
    return [f"{d.code}: {d.what} | {d.remedy}" for d in caught.value.diagnostics]


def test_a_configuration_may_say_little(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert config.scope_prefix == "project:widgets:releng"
    assert config.transforms_package == "transforms"
    assert config.level == "1"
    assert (config.task_deadline_after, config.task_expires_after) == ("1 day", "28 days")
    assert config.policy == Policy(origin=config.policy.origin)
    assert config.flavors == {}
    assert config.index_task is None


def test_methods_flavors_and_gates_are_typed(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        target_methods={"default": {"phases": ["promote", None], "match-product": True}},
        release_promotion={
            "rebuild-kinds": ["image"],
            "flavors": {
                "ship": {"phase": "ship", "product": "widget", "target-tasks-method": "default"},
                "rc": {
                    "phase": "ship",
                    "product": "widget",
                    "target-tasks-method": "default",
                    "is-rc": True,
                },
            },
            "sign-off-gates": [
                {"phase": "push", "product": "widget", "roles": ["qa"], "before": ["move"]}
            ],
        },
    )
    assert config.target_methods["default"].phases == (Phase.PROMOTE, None)
    assert config.target_methods["default"].match_product
    assert config.rebuild_kinds == ("image",)
    assert [gate.roles for gate in config.gates] == [("qa",)]
    flavor = config.flavor_for(Phase.SHIP, "widget")
    assert flavor is not None
    assert flavor.name == "ship", "the first one declared wins"
    assert config.flavor_for(Phase.PUSH, "widget") is None


def test_values_know_where_they_are_written(tmp_path: Path) -> None:
    config = load(tmp_path, workers={"aliases": {"one": ALIAS}})
    text = (tmp_path / "kinds/config.yml").read_text(encoding="utf-8")
    line = text.splitlines().index("    one:") + 1
    assert str(config.workers["one"].origin) == f"kinds/config.yml:{line}:5"


def test_a_release_is_real_at_level_3_of_a_release_branch_only(tmp_path: Path) -> None:
    config = load(tmp_path, release_branches=["main"])
    assert config.release_level("main", "3") == "production"
    assert config.release_level("main", "1") == "staging"
    assert config.release_level("feature", "3") == "staging"


def test_names_that_stand_for_nothing_are_all_found(tmp_path: Path) -> None:
    flavor = {"phase": "ship", "product": "widgit", "target-tasks-method": "defalt"}
    gate = {"phase": "ship", "product": "other", "roles": ["qa"], "before": ["move"]}
    promotion = {"flavors": {"ship": flavor}, "sign-off-gates": [gate]}
    methods = {"default": {"filters": ["transforms.own.filter"]}, "ship": {"filters": ["no-corn"]}}
    assert complaints(tmp_path, release_promotion=promotion, target_methods=methods) == [
        "K211: no filter is called `no-corn` | did you mean `no-cron`?",
        "K211: no product is called `widgit` | did you mean `widget`?",
        "K211: no target method is called `defalt` | did you mean `default`?",
        "K211: no product is called `other` | there are: widget",
    ]


def test_everything_wrong_with_a_configuration_is_told_at_once(tmp_path: Path) -> None:
    found = complaints(tmp_path, products="widget", levels={}, target_methods={"x": {"phases": 1}})
    assert [line.partition(":")[0] for line in found] == ["K201", "K201", "K203"]


def test_a_policy_is_typed(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        policy={
            "compile-kinds": ["build"],
            "rebuilt-products": ["widget"],
            "signatures": {"except": {"app": ["*.txt"]}},
            "notarization": {"kinds": ["notary"], "platforms": ["mac*"], "artifacts": ["*.dmg"]},
            "localisation": {"changesets": "{a}", "platform": "{b}", "kinds": {"l10n": ["*"]}},
            "signing-formats": {"servers": {"release": ["gpg"]}, "without-server": ["app"]},
            "push-to-ship": "21 days",
            "dependency-tiers": True,
            "owned-folders": {"release": ["pub/widget/"]},
        },
    )
    policy = config.policy
    assert policy.owned_folders == {"release": ("pub/widget/",)}
    assert policy.compile_kinds == ("build",)
    assert policy.requires_signatures
    assert policy.unsigned == {"app": ("*.txt",)}
    assert policy.signing_formats == {"release": ("gpg",)}
    assert policy.local_formats == ("app",)
    assert policy.push_to_ship == Period("21 days", 21 * 86400)
    assert policy.notarization == Notarization(("notary",), ("mac*",), ("*.dmg",))
    assert policy.localisation == Localisation("{a}", "{b}", {"l10n": ("*",)})
    assert policy.kinds == ("build", "app", "notary", "l10n")


def test_signatures_without_exceptions_are_still_demanded(tmp_path: Path) -> None:
    policy = load(tmp_path, policy={"signatures": {}}).policy
    assert policy.requires_signatures
    assert policy.unsigned == {}


def test_a_policy_for_kinds_that_do_not_exist_is_found() -> None:
    policy = Policy(compile_kinds=("build", "biuld"))
    (problem,) = unknown_kinds(make_config(policy=policy), ["build", "test"])
    assert problem.code == "K211"
    assert problem.remedy == "did you mean `build`?"


def test_names_of_products_kinds_and_places_stand_for_something(tmp_path: Path) -> None:
    said = {
        "policy": {"rebuilt-products": ["wigdet"]},
        "index_task": {"worker-type": "mics", "image": "x"},
        "workers": {"aliases": {"misc": {**ALIAS}}},
    }
    assert complaints(tmp_path, **said) == [
        "K211: no product is called `wigdet` | did you mean `widget`?",
        "K211: no worker alias is called `mics` | did you mean `misc`?",
    ]


def test_a_gate_before_kinds_that_do_not_exist_is_found(tmp_path: Path) -> None:
    gate = {"phase": "ship", "product": "widget", "roles": ["qa"], "before": ["move", "mvoe"]}
    config = load(tmp_path, release_promotion={"sign-off-gates": [gate]})
    (problem,) = unknown_kinds(config, ["move", "other"])
    assert problem.what == "a sign-off gate names kind `mvoe`, which does not exist"
    assert problem.remedy == "did you mean `move`?"


@pytest.mark.parametrize("system", ["linux", "linux-bitbar", "macosx", "windows", "scriptworker"])
def test_workers_run_on_what_the_field_knows(tmp_path: Path, system: str) -> None:
    config = load(tmp_path, workers={"aliases": {"one": {**ALIAS, "os": system}}})
    assert config.workers["one"].os == system


def test_a_setting_of_the_wrong_kind_is_found_below_its_keys(tmp_path: Path) -> None:
    found = complaints(
        tmp_path,
        level={"by-project": {"main": 3, "default": "4"}},
        task_priority={"by-level": {"3": {"by-shipping-phase": {"ship": "hihg"}}}},
        task_expires_after={"by-level": {"3": "soon", "default": "{age}"}},
    )
    priorities = "`highest`, `very-high`, `high`, `medium`, `low`, `very-low`, `lowest`"
    assert found == [
        'K201: `level` must be one of `1`, `2`, `3`, got 3 | put it in quotes: "3"',
        'K201: `level` must be one of `1`, `2`, `3`, got "4" | ',
        f'K201: `task-priority` must be one of {priorities}, got "hihg" | did you mean `high`?',
        'K201: `task-expires-after` must be a duration such as `28 days`, got "soon" | ',
    ]


def test_doubled_braces_are_braces_where_nothing_is_filled_in(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        parameters={"inputs": {"shell": {"default": {"a": ["{{name}} ${x} {} }}"]}}}},
        actions={"cancel": {"description": "Stop {{it}}"}},
    )
    assert config.inputs["shell"].default == {"a": ["{name} ${x} {} }"]}
    assert config.actions["cancel"].description == "Stop {it}"


@pytest.mark.parametrize(
    ("holds", "what"),
    [
        ("texts", "`holds` must be one of `text`, `number`, `flag`, `anything`, a list of one, or"),
        ([], "`holds` must be one of"),
        (["text", "text"], "`holds` must be one of"),
        ({}, "`holds` must be one of"),
        ({"any": {"platforms": ["x"]}}, "item 1 of `platforms` must be one of"),
        ({"a": None}, "`a` must be one of"),
    ],
)
def test_what_a_parameter_holds_is_said_in_known_words(
    tmp_path: Path, holds: Any, what: str
) -> None:
    (found,) = complaints(tmp_path, parameters={"inputs": {"l10n": {"holds": holds}}})
    assert found.startswith(f"K201: {what}")
