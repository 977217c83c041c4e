from typing import Any

import pytest

from relpro.model import config
from relpro.target.filters import FILTERS
from relpro.testing.factories import make_config, make_parameters, make_task

ALIASES = {"release": ("mozilla-like", "esr"), "trunk": ("central",)}

Row = tuple[str, dict[str, Any], dict[str, Any], str]

TABLE: list[Row] = [
    ("shipping-phase", {}, {}, ""),
    ("shipping-phase", {"shipping_phase": "build"}, {}, ""),
    ("shipping-phase", {"shipping_phase": "promote"}, {}, "it belongs to phase `promote`"),
    ("shipping-phase", {"shipping_phase": "ship"}, {}, "it belongs to phase `ship`"),
    ("product", {}, {"release_product": "widget"}, ""),
    ("product", {"shipping_product": "gadget"}, {}, ""),
    ("product", {"shipping_product": "widget"}, {"release_product": "widget"}, ""),
    (
        "product",
        {"shipping_product": "gadget"},
        {"release_product": "widget"},
        "it belongs to product `gadget`",
    ),
    ("run-on-projects", {}, {"project": "esr"}, ""),
    ("run-on-projects", {"run_on_projects": ["all"]}, {"project": "esr"}, ""),
    ("run-on-projects", {"run_on_projects": ["esr"]}, {"project": "esr"}, ""),
    ("run-on-projects", {"run_on_projects": ["release"]}, {"project": "esr"}, ""),
    (
        "run-on-projects",
        {"run_on_projects": ["trunk", "try"]},
        {"project": "esr"},
        "it does not run on project `esr`, only on `trunk`, `try`",
    ),
    (
        "run-on-projects",
        {"run_on_projects": []},
        {"project": "esr"},
        "it does not run on project `esr`, only on nothing",
    ),
    ("run-on-tasks-for", {}, {"tasks_for": "cron"}, ""),
    ("run-on-tasks-for", {"run_on_tasks_for": ["all"]}, {"tasks_for": "cron"}, ""),
    ("run-on-tasks-for", {"run_on_tasks_for": ["cron"]}, {"tasks_for": "cron"}, ""),
    (
        "run-on-tasks-for",
        {"run_on_tasks_for": ["github-push"]},
        {"tasks_for": "cron"},
        "it does not run for `cron`, only for `github-push`",
    ),
    ("run-on-hg-branches", {"run_on_hg_branches": ["x"]}, {"hg_branch": None}, ""),
    ("run-on-hg-branches", {"run_on_hg_branches": ["REL_.*"]}, {"hg_branch": "REL_92"}, ""),
    (
        "run-on-hg-branches",
        {"run_on_hg_branches": ["REL"]},
        {"hg_branch": "REL_92"},
        "it does not run on branch `REL_92`, only on `REL`",
    ),
    ("run-on-git-branches", {"run_on_git_branches": ["main"]}, {"head_ref": "main"}, ""),
    ("run-on-git-branches", {"run_on_git_branches": ["main"]}, {"head_ref": "refs/heads/main"}, ""),
    ("run-on-git-branches", {"run_on_git_branches": ["all"]}, {"head_ref": "topic"}, ""),
    ("run-on-git-branches", {"run_on_git_branches": ["x"]}, {"repository_type": "hg"}, ""),
    (
        "run-on-git-branches",
        {"run_on_git_branches": ["main"]},
        {"head_ref": "fix-typo", "tasks_for": "github-pull-request-untrusted"},
        "",
    ),
    (
        "run-on-git-branches",
        {"run_on_git_branches": ["main"]},
        {"head_ref": "refs/heads/main-2"},
        "it does not run on branch `main-2`, only on `main`",
    ),
    ("no-cron", {"cron": False}, {}, ""),
    ("no-cron", {"cron": True}, {}, "only a cron job starts it"),
    ("missing-signoffs", {}, {"required_signoffs": ["mar-signing"]}, ""),
    ("missing-signoffs", {"required_signoffs": ["mar-signing"]}, {}, ""),
    (
        "missing-signoffs",
        {"required_signoffs": ["mar-signing"]},
        {"required_signoffs": ["mar-signing"], "signoff_urls": {"mar-signing": "https://x"}},
        "",
    ),
    (
        "missing-signoffs",
        {"required_signoffs": ["a", "b", "c"]},
        {"required_signoffs": ["a", "b"], "signoff_urls": {"a": "https://x"}},
        "it waits for sign-off `b`",
    ),
    ("nothing", {}, {}, "nothing is wanted"),
]


@pytest.mark.parametrize(("name", "attributes", "parameters", "reason"), TABLE)
def test_a_filter_says_why_it_leaves_a_task_out(
    name: str, attributes: dict[str, Any], parameters: dict[str, Any], reason: str
) -> None:
    task = make_task("t", attributes=attributes)
    config = make_config(project_aliases=ALIASES)
    assert FILTERS[name](task, make_parameters(**parameters), config) == reason


def test_every_filter_is_in_the_table() -> None:
    assert {name for name, *_ in TABLE} == set(FILTERS)


def test_the_configuration_may_name_every_filter() -> None:
    assert tuple(FILTERS) == config.FILTERS
