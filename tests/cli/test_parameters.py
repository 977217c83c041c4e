"""`relpro parameters`: each value with where it is from, as every source of parameters says it."""

import json
from pathlib import Path

import pytest

from relpro.project import Project
from tests.actions.requests import HISTORY, PROMOTE
from tests.actions.small_project import DECISION, push_of, record, write_json, write_project
from tests.cli.conftest import Run

FILE = "project: app\nhead_rev: 'a1'\nnext_version: null\nversion: '2.0'\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = write_project(tmp_path / "app")
    config = made.root / "kinds" / "config.yml"
    locales = "locales: {default: {de: {}, fr: {}}, meaning: Who is served.}"
    config.write_text(config.read_text().replace("locales: {default: {de: {}, fr: {}}}", locales))
    (made.root / "parameters.yml").write_text(FILE)
    monkeypatch.chdir(made.root)
    return Project(made.root)


def test_each_value_is_told_with_its_place(project: Project, relpro: Run) -> None:
    words = ("-p", "parameters.yml", "--param", "level=1", "--format", "json")
    ran = relpro("parameters", *words, "--phase", "promote")
    assert ran.code == 0, ran.err
    told = {row["name"]: row for row in json.loads(ran.out)["parameters"]}
    assert {name: (row["value"], row["from"]) for name, row in told.items()}.items() >= {
        "app_version": ("2.0", "as `version` says"),
        "base_repository": ("https://example.com/app", "as `head_repository` says"),
        "build_number": (1, "default"),
        "head_rev": ("a1", "parameters.yml:2:1"),
        "level": ("1", "--param"),
        "next_version": (None, "parameters.yml:3:1"),
        "release_product": ("app", str(project.config.flavors["promote_app"].origin)),
        "release_type": ("release", "kinds/config.yml:5:1"),
        "version": ("2.0", "parameters.yml:4:1"),
    }.items()
    assert told["locales"]["from"] == str(project.config.inputs["locales"].origin)
    assert told["locales"]["meaning"] == "Who is served."


def test_some_are_printed_as_a_table(project: Project, relpro: Run) -> None:
    del project
    ran = relpro("parameters", "-p", "parameters.yml", "head_rev", "level", "owner", "--set")
    assert ran.out.splitlines() == [
        "name      value  from                  meaning",
        'head_rev  "a1"   parameters.yml:2:1    The revision that is built.',
        'level     "3"    kinds/config.yml:4:1  How much the code is trusted: `1`, `2` or `3`.',
    ]
    assert "did you mean `level`?" in relpro("parameters", "levle").err


def test_a_promotion_tells_what_input_look_ups_and_earlier_graphs_say(
    project: Project, relpro: Run, tmp_path: Path
) -> None:
    record(push_of(project), tmp_path / "recorded")
    answers = write_json(tmp_path / "answers.json", {"release_history": HISTORY})
    given = write_json(tmp_path / "input.json", PROMOTE)
    ran = relpro(
        *("action", "release-promotion", "--dry-run", "--show-parameters", "--group", DECISION),
        *("--input", str(given), "--artifacts", str(tmp_path / "recorded")),
        *("--answers", str(answers)),
    )
    assert ran.code == 0, ran.err
    told = sources(ran.out)
    assert told["build_number"].startswith(f"{given}:1:")
    assert (
        told.items()
        >= {
            "existing_tasks": "earlier graphs",
            "head_rev": f"{DECISION}/public/parameters.yml",
            "release_history": "look-up `release-history`",
            "release_partners": "default",
            "shipping_phase": str(project.config.flavors["promote_app"].origin),
        }.items()
    )


def sources(table: str) -> dict[str, str]:
    """Name -> what stands in the column `from`."""
    head, *lines = table.splitlines()
    start, end = head.index("from"), head.index("meaning")
    return {line.split()[0]: line[start:end].strip() for line in lines}
