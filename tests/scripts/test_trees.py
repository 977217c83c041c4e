"""What workers of landoscript and treescript leave behind in a git repository."""

from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.run_task.conftest import git
from tests.scripts.stage import Ran, Stage

SCOPE = "project:releng:lando:"
SCOPES = (
    f"{SCOPE}repo:widget",
    f"{SCOPE}action:tag",
    f"{SCOPE}action:version_bump:file:version.txt",
)
TREE = "https://git.example/widget"


@attrs.frozen
class Bench:
    """A stage with a repository of one commit."""

    stage: Stage
    repository: Path
    revision: str

    def lando(self, *scopes: str, **payload: Any) -> Ran:
        whole = {
            "actions": ["tag", "version_bump"],
            "lando_repo": "widget",
            "tag_info": {"tags": ["WIDGET_2_0"], "revision": self.revision},
            "version_bump_info": {"next_version": "2.1", "files": ["version.txt"]},
            **payload,
        }
        return self.stage.run("lando", whole, *(scopes or SCOPES), files={"public/a": b"a"})

    def git(self, *words: str) -> str:
        return git(self.repository, *words)


@pytest.fixture
def bench(stage: Stage, tmp_path: Path) -> Bench:
    work, repository = tmp_path / "work", tmp_path / "widget.git"
    work.mkdir()
    git(work, "init", "-q", "-b", "main")
    (work / "version.txt").write_text("# of the widget\n2.0\n")
    git(work, "add", ".")
    git(work, "commit", "-qm", "first")
    git(tmp_path, "clone", "-q", "--bare", str(work), str(repository))
    repositories = {"widget": f"{repository}#main", TREE: str(repository)}
    services = attrs.evolve(stage.services, repositories=repositories)
    revision = git(work, "rev-parse", "HEAD")
    return Bench(attrs.evolve(stage, services=services), repository, revision)


def test_tags_and_the_next_version_are_pushed_once(bench: Bench) -> None:
    ran = bench.lando()
    assert ran.state == "completed"
    assert bench.git("rev-parse", "WIDGET_2_0") == bench.revision
    assert bench.git("show", "main:version.txt") == "# of the widget\n2.1"
    assert bench.git("log", "-1", "--format=%s", "main").startswith("Automatic version bump")
    assert "+2.1" in ran.made("public/build/version-bump.diff").decode()
    after = bench.git("rev-parse", "main")
    assert bench.lando().state == "completed"
    assert bench.git("rev-parse", "main") == after


def test_a_tag_is_not_moved_and_then_nothing_else_is_pushed(bench: Bench) -> None:
    assert bench.lando(actions=["version_bump"]).state == "completed"
    bench.git("tag", "WIDGET_2_0", "main")
    after = bench.git("rev-parse", "main")
    bump = {"next_version": "2.2", "files": ["version.txt"]}
    ran = bench.lando(version_bump_info=bump)
    assert ran.state.startswith("failed: tag `WIDGET_2_0` stands at")
    assert bench.git("rev-parse", "main") == after


def test_no_version_goes_back(bench: Bench) -> None:
    bump = {"next_version": "1.9", "files": ["version.txt"]}
    assert bench.lando(actions=["version_bump"], version_bump_info=bump).state == "completed"
    assert bench.git("rev-parse", "main") == bench.revision


def test_a_dry_run_pushes_nothing(bench: Bench) -> None:
    ran = bench.lando(dry_run=True)
    assert ran.state == "completed"
    assert "+2.1" in ran.made("public/build/version-bump.diff").decode()
    assert bench.git("tag") == ""
    assert bench.git("rev-parse", "main") == bench.revision


def test_a_file_without_its_scope_is_refused(bench: Bench) -> None:
    ran = bench.lando(*SCOPES[:2])
    assert ran.state.startswith("malformed-payload: scope")
    assert bench.git("tag") == ""


def test_treescript_tags_bumps_and_branches(bench: Bench) -> None:
    payload = {
        "actions": ["tag", "version_bump", "create_branch"],
        "source_repo": TREE,
        "tag_info": {"tags": ["WIDGET_2_0"], "revision": bench.revision},
        "version_bump_info": {"next_version": "2.1", "files": ["version.txt"]},
        "create_branch_info": {"branch_name": "release-2"},
    }
    ran = bench.stage.run("tree", payload, files={"public/a": b"a"})
    assert ran.state == "completed"
    assert bench.git("rev-parse", "WIDGET_2_0") == bench.revision
    assert bench.git("show", "release-2:version.txt").endswith("2.1")


@pytest.mark.parametrize("action", ["merge_day", "l10n_bump"])
def test_what_is_not_done_here_is_left_to_others(bench: Bench, action: str) -> None:
    info = {
        "merge_info": {"to_branch": "beta", "fetch_version_from": "version.txt"},
        "l10n_bump_info": [
            {
                "path": "l10n.json",
                "name": "l10n",
                "l10n_repo_url": "https://git.example/l10n",
                "l10n_repo_target_branch": "main",
                "platform_configs": [{"path": "all", "platforms": ["linux64"]}],
            }
        ],
    }
    scopes = (f"{SCOPE}repo:widget", f"{SCOPE}action:{action}")
    ran = bench.lando(*scopes, actions=[action], **info)
    assert ran.state.startswith("resource-unavailable: ")


def test_a_repository_that_the_services_do_not_have_is_refused(bench: Bench) -> None:
    scopes = (f"{SCOPE}repo:other", f"{SCOPE}action:tag")
    ran = bench.lando(*scopes, lando_repo="other", actions=["tag"])
    assert ran.state == "resource-unavailable: the services have no repository `other`"
