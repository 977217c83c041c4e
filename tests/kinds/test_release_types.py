"""The table of release types: a new ESR is one row and a version file, and no cell is missing."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from relpro.errors import RelproError
from relpro.goal import Goal
from relpro.load.config import load_config
from relpro.model.phase import Phase
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.kinds.conftest import RELEASES
from transforms.versions import facts

ROOT = Path(__file__).parents[2]

#: All that is said of it.
ESR166 = """\
    esr166:
      project:
        {name: mozilla-esr166, level: '3', repositories: [*git], branches: [esr166], aliases: [esr]}
      family: esr
      publish-rules: [20001]
      staging-publish-rules: [20002]
      last-watershed: 166.0esr
      older-esr-versions: ^(140|153)\\.\\d+(\\.\\d+)?esr$
      next-watershed: 153.0esr
      alias-family: firefox-esr166
      lando-branch: firefox-esr166
"""
CELLS = [line.split(":")[0].strip() for line in ESR166.splitlines()[3:]]


def with_row(root: Path, row: str) -> Project:
    """This project on a branch whose version file says 166, with one row more.

    Its transforms are those of this one: a process knows one package of them.
    """
    shutil.copytree(ROOT / "kinds", root / "kinds")
    config = root / "kinds" / "config.yml"
    text = config.read_text(encoding="utf-8")
    end = text.index("\nproject-aliases:")
    config.write_text(f"{text[:end]}{row}{text[end:]}", encoding="utf-8")
    (root / "kinds" / "data" / "version.txt").write_text("166.1.0esr", encoding="utf-8")
    return Project(root)


def released(project: Project, phase: Phase) -> Pipeline:
    values: dict[str, Any] = {
        name: value for name, value in RELEASES["esr"].items() if not name.endswith("version")
    }
    values |= {
        "project": "mozilla-esr166",
        "head_rev": "a" * 40,
        "head_repository": "https://github.com/mozilla-firefox/firefox",
        "owner": "releases@example.com",
        "build_date": 1_750_000_000,
        "moz_build_date": "20250615150640",
        "app_version": "166.1.0",
        "next_version": "166.2.0esr",
        "release_eta": "",
    }
    return Pipeline.of(project, values, Goal(phase, product="firefox"))


def payload(pipeline: Pipeline, label: str) -> Any:
    return pipeline.morphed.body(label)["payload"]


def test_a_new_esr_is_one_row_and_one_version_file(tmp_path: Path) -> None:
    project = with_row(tmp_path, ESR166)
    shipped = released(project, Phase.SHIP)
    assert {name: shipped.parameters[name] for name in ("version", "level", "release_type")} == {
        "version": "166.1.0esr",
        "level": "3",
        "release_type": "esr166",
    }
    assert project.config.release_level("mozilla-esr166", "3") == "production"
    scheduled = payload(shipped, "release-balrog-scheduling-firefox")
    assert (scheduled["publish_rules"], scheduled["pin_channels"]) == ([20001], ["esr", "esr-next"])
    aliases = payload(shipped, "release-bouncer-aliases-firefox")["aliases_entries"]
    assert {name.rpartition("-latest")[0] for name in aliases if name.endswith("latest")} == {
        "firefox-esr166"
    }
    bumped = payload(shipped, "release-version-bump-firefox")
    assert bumped["lando_repo"] == "firefox-esr166"
    promoted = released(project, Phase.PROMOTE)
    labels = promoted.target.labels
    for platform in ("linux64", "win64"):
        assert f"release-update-verify-config-next-firefox-{platform}" in labels
    announced = payload(promoted, "release-balrog-submit-toplevel-firefox")
    assert announced["rules_to_update"] == ["firefox-esr166-cdntest", "firefox-esr166-localtest"]
    scopes = {one for task in promoted.morphed.graph for one in task.definition["scopes"]}
    assert "project:releng:balrog:server:esr" in scopes
    assert "project:releng:signing:cert:release-signing" in scopes
    assert "project:releng:beetmover:bucket:release" in scopes
    assert not {one for one in scopes if one.endswith((":dep", ":nightly", "dep-signing"))}


@pytest.mark.parametrize("cell", [name for name in CELLS if name != "family"])
def test_a_cell_that_is_left_out_is_named(tmp_path: Path, cell: str) -> None:
    lines = [line for line in ESR166.splitlines(keepends=True) if f" {cell}:" not in line]
    assert len(lines) == len(CELLS) + 2
    with pytest.raises(RelproError) as caught:
        _ = with_row(tmp_path, "".join(lines)).config
    (found,) = caught.value.diagnostics
    assert (found.code, found.what) == ("K243", f"release type `esr166` has no `{cell}`")
    assert found.where[0].line


def test_a_family_that_is_left_out_leaves_its_cells_to_the_row(tmp_path: Path) -> None:
    with pytest.raises(RelproError) as caught:
        _ = with_row(tmp_path, ESR166.replace("      family: esr\n", "")).config
    told = {one.what for one in caught.value.diagnostics}
    columns = {*load_config(ROOT).release_types.columns} - {*CELLS}
    assert told == {f"release type `esr166` has no `{name}`" for name in columns}


def test_a_type_or_project_without_a_row_is_told_where_to_enter_it() -> None:
    for values, what in (
        ({"project": "mozilla-esr166", "level": "3"}, "nothing says what project `mozilla-esr166`"),
        (
            {"project": "mozilla-esr140", "release_type": "esr166"},
            "release type `esr166` is not in the configuration",
        ),
    ):
        with pytest.raises(RelproError) as caught:
            Pipeline.of(Project(ROOT), {**values, "head_rev": "a" * 40, "repository_type": "git"})
        (found,) = caught.value.diagnostics
        assert found.code == "K244"
        assert found.what.startswith(what)
        assert (found.where[0].file, found.where[0].path) == (
            "kinds/config.yml",
            ("release-types",),
        )


def test_a_release_that_no_update_rule_offers_is_not_shipped(tmp_path: Path) -> None:
    project = with_row(tmp_path, ESR166.replace("publish-rules: [20001]", "publish-rules: []"))
    with pytest.raises(RelproError) as caught:
        _ = released(project, Phase.SHIP).morphed
    (found,) = caught.value.diagnostics
    assert found.what == "no rule of the update server offers releases of type `esr166`"
    assert "`release-types`" in found.remedy


def test_both_esrs_of_today_lead_their_own_users() -> None:
    rows = load_config(ROOT).release_types.rows
    wanted = ("alias-family", "publish-rules", "last-watershed", "older-esr-versions")
    said = {name: [rows[name][cell] for cell in wanted] for name in ("esr140", "esr153")}
    keyed = {"by-platform": {"(linux64|win64)-aarch64": "140.0esr", "default": "68.0esr"}}
    older = r"^(52|60|68|78|91|102|115|128|140)+\.\d+(\.\d+)?esr$"
    assert said == {
        "esr140": ["firefox-esr", [18015], keyed, None],
        "esr153": ["firefox-esr-next", [18087], "153.0esr", older],
    }


def test_an_esr_that_is_newer_than_the_library_has_versions() -> None:
    said = facts("166.1.0esr")
    assert (said["version_type"], said["is_esr"], said["major_version"]) == ("esr", True, "166")
    assert said["next_versions"] == ["166.1.1esr", "166.2.0esr"]
    for version in ("141.0esr", "166.0b1esr", "166.0a1esr", "166esr"):
        with pytest.raises(ValueError, match="versions look like"):
            facts(version)
