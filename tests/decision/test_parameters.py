"""From what happened to the parameters of a decision."""

import subprocess
from pathlib import Path

import pytest

from relpro.decision import Event, decision_parameters
from relpro.errors import RelproError
from relpro.model.parameters import Parameters
from relpro.project import Project
from tests.actions.small_project import write_project
from tests.cli.conftest import Run
from tests.cli.test_parameters import sources

ENVIRONMENT = {
    "GECKO_HEAD_REPOSITORY": "https://github.com/example/app",
    "GECKO_BASE_REPOSITORY": "https://github.com/example/app",
    "GECKO_HEAD_REF": "refs/heads/main",
    "GECKO_PROJECT": "main",
    "GECKO_LEVEL": "3",
    "GECKO_OWNER": "release@example.com",
    "GECKO_PUSH_DATE_TIME": "1600000000",
    "GECKO_TASKS_FOR": "github-push",
}


def git(root: Path, *words: str) -> str:
    identity = ("-c", "user.name=release", "-c", "user.email=release@example.com")
    done = subprocess.run(
        ["git", "-C", str(root), *identity, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(root: Path, message: str) -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = write_project(tmp_path / "app")
    git(project.root, "init", "--quiet")
    commit(project.root, "Begin")
    return project


def decided(project: Project, head: str, **env: str) -> Parameters:
    environment = {**ENVIRONMENT, "GECKO_HEAD_REV": head, **env}
    return decision_parameters(project, Event.read(environment, "GECKO", {}))


def test_a_push_says_what_was_pushed(project: Project) -> None:
    base = git(project.root, "rev-parse", "HEAD")
    (project.root / "new.txt").write_text("new")
    (project.root / "kinds" / "build" / "build.yml").touch()
    head = commit(project.root, "Add a file")
    made = decided(project, head, GECKO_BASE_REV=base)
    assert made["head_rev"] == head
    assert made["base_rev"] == base
    assert made["files_changed"] == ["new.txt"]
    assert made["message"] == "Add a file"
    assert made["owner"] == "release@example.com"
    assert (made["pushdate"], made["build_date"]) == (1600000000, 1600000000)
    assert made["moz_build_date"] == "20200913122640"
    assert made["target_tasks_method"] == "default"
    assert made.version == "1.0"
    assert made.level == "3"


def test_dates_of_releases_are_understood(project: Project) -> None:
    made = decided(
        project,
        git(project.root, "rev-parse", "HEAD"),
        GECKO_TASKS_FOR="github-release",
        GECKO_PUSH_DATE_TIME="2020-09-13T12:26:40Z",
    )
    assert made["pushdate"] == 1600000000


def test_without_a_date_that_of_the_commit_counts(project: Project) -> None:
    date = int(git(project.root, "log", "-1", "--format=%ct"))
    head = git(project.root, "rev-parse", "HEAD")
    assert decided(project, head, GECKO_PUSH_DATE_TIME="")["build_date"] == date


def test_a_push_that_asks_for_it_runs_nothing(project: Project) -> None:
    head = commit(project.root, "Fix a comment\n\nDONTBUILD")
    made = decided(project, head)
    assert made["target_tasks_method"] == "nothing"
    assert made["dontbuild"] is True


def test_a_cron_job_runs_whatever_the_message_says(project: Project) -> None:
    head = commit(project.root, "DONTBUILD")
    made = decided(project, head, GECKO_TASKS_FOR="cron")
    assert made["target_tasks_method"] == "default"


def test_an_owner_can_always_be_written_to(project: Project) -> None:
    head = git(project.root, "rev-parse", "HEAD")
    assert "@" in decided(project, head, GECKO_OWNER="somebody")["owner"]


def test_a_pull_request_has_its_number(project: Project) -> None:
    head = git(project.root, "rev-parse", "HEAD")
    made = decided(
        project, head, GECKO_TASKS_FOR="github-pull-request", GECKO_PULL_REQUEST_NUMBER="7"
    )
    assert made["pull_request_number"] == 7


def test_the_prefix_of_variables_is_the_project_s_choice() -> None:
    environment = {name.replace("GECKO", "APP"): value for name, value in ENVIRONMENT.items()}
    event = Event.read({**environment, "APP_HEAD_REV": "a" * 40}, "APP", {})
    assert event.values["project"] == "main"


def test_what_is_said_wins_over_the_environment() -> None:
    event = Event.read({**ENVIRONMENT, "GECKO_HEAD_REV": "a" * 40}, "GECKO", {"level": "1"})
    assert event.values["level"] == "1"


def test_everything_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(RelproError) as error:
        Event.read({"GECKO_LEVEL": "3"}, "GECKO", {})
    missing = [diagnostic.what for diagnostic in error.value.diagnostics]
    assert len(missing) == 5
    assert "the event has no `head_rev`" in missing


@pytest.mark.parametrize(
    ("variable", "value"),
    [("GECKO_PUSH_DATE_TIME", "yesterday"), ("GECKO_PULL_REQUEST_NUMBER", "seven")],
)
def test_values_that_cannot_be_are_told(project: Project, variable: str, value: str) -> None:
    with pytest.raises(RelproError, match=f"is `{value}`, which it cannot be"):
        decided(project, "a" * 40, **{variable: value})


def test_a_dry_run_publishes_and_creates_nothing(
    project: Project, relpro: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TASK_ID", "TASKCLUSTER_ROOT_URL", "TASKCLUSTER_PROXY_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    head = git(project.root, "rev-parse", "HEAD")
    words = ("--root", str(project.root), "--output-dir", str(tmp_path / "public"))
    ran = relpro("decision", "--dry-run", "--head-rev", head, *words)
    assert ran.code == 0, ran.err
    assert "create 2 tasks" in ran.out
    shown = relpro("decision", "--dry-run", "--head-rev", head, *words, "--show-parameters")
    assert "create 2 tasks" not in shown.out
    told = sources(shown.out)
    assert [told[name] for name in ("level", "message", "build_number", "files_changed")] == [
        *("the environment", "git", "default", "git")
    ]
    assert {path.name for path in (tmp_path / "public").iterdir()} == {
        *("parameters.yml", "actions.json", "full-task-graph.json", "target-tasks.json"),
        *("task-graph.json", "label-to-taskid.json", "decisions.jsonl", "plan.json"),
        *("run-task", "fetch-content"),
    }


def test_outside_a_task_nothing_is_created(
    project: Project, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TASK_ID", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    ran = relpro("decision", "--root", str(project.root), "--head-rev", "a" * 40)
    assert ran.code == 2
    assert "set TASK_ID, or say --dry-run" in ran.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUSH_DATE_TIME", "99999999999999999"),
        ("PUSH_DATE_TIME", "0001-01-01T00:00:00+14:00"),
        ("HEAD_REF", "caf\udce9"),
        ("PULL_REQUEST_NUMBER", "9" * 30),
        ("OWNER", "caf\udce9@example.com"),
        ("HEAD_REPOSITORY", "https://[::1"),
        ("LEVEL", "9"),
        ("LEVEL", "high"),
        ("HEAD_REV", "^HEAD"),
    ],
)
def test_an_event_says_only_what_can_be(project: Project, name: str, value: str) -> None:
    head = git(project.root, "rev-parse", "HEAD")
    with pytest.raises(RelproError, match="P501") as error:
        decided(project, head, **{f"GECKO_{name}": value})
    assert [str(place) for place in error.value.diagnostics[0].where] == ["the environment"]


@pytest.mark.parametrize("name", ["v1", "HEAD", "--output=precious", "refs/tags/v1"])
def test_revisions_are_named_by_what_nobody_can_move(project: Project, name: str) -> None:
    head = git(project.root, "rev-parse", "HEAD")
    for tag in ("v1", "--output=precious"):
        git(project.root, "update-ref", f"refs/tags/{tag}", head)
    made = decided(project, name, GECKO_BASE_REV=name)
    assert (made["head_rev"], made["base_rev"]) == (head, head)
    assert not (project.root / "precious").exists()


@pytest.mark.parametrize("name", ["0" * 40, "v2", "main", "a" * 39, "A" * 40])
def test_a_head_that_is_no_commit_is_refused(project: Project, name: str) -> None:
    git(project.root, "branch", "-m", "trunk")
    with pytest.raises(RelproError, match="which git does not know as a commit"):
        decided(project, name)


def test_files_are_called_what_they_are_called(project: Project) -> None:
    base = git(project.root, "rev-parse", "HEAD")
    (project.root / "caf\u00e9.txt").write_text("new")
    head = commit(project.root, "Add a file")
    assert decided(project, head, GECKO_BASE_REV=base)["files_changed"] == ["caf\u00e9.txt"]


def test_a_message_of_another_encoding_is_read(project: Project) -> None:
    odd = project.root / "message"
    odd.write_bytes(b"caf\xe9 DONTBUILD")
    git(project.root, "commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-F", "message")
    made = decided(project, git(project.root, "rev-parse", "HEAD"))
    assert made["dontbuild"] is True


PROJECTS = """\
projects:
  main: {level: '3', repositories: ['https://github.com/example/app'], branches: [main, 'rel*']}
  hg: {level: '3', repositories: ['https://hg.example.com/app']}
  try: {level: '1', repositories: ['https://hg.example.com/try']}
"""
FORK = "https://github.com/me/app"


@pytest.fixture
def guarded(project: Project) -> Project:
    config = project.root / "kinds" / "config.yml"
    config.write_text(config.read_text() + PROJECTS)
    return Project(project.root)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"HEAD_REF": "refs/heads/rel/1.0"},
        {"HEAD_REPOSITORY": "https://github.com/example/app.git"},
        {
            "PROJECT": "hg",
            "HEAD_REPOSITORY": "https://hg.example.com/app",
            "HEAD_REF": "a" * 40,
            "REPOSITORY_TYPE": "hg",
        },
        {"PROJECT": "try", "LEVEL": "1", "HEAD_REPOSITORY": FORK},
        {"PROJECT": "try-pr", "LEVEL": "1", "HEAD_REPOSITORY": FORK, "HEAD_REF": "x"},
    ],
)
def test_a_commit_of_its_project_is_decided_on(guarded: Project, said: dict[str, str]) -> None:
    head = git(guarded.root, "rev-parse", "HEAD")
    made = decided(guarded, head, **{f"GECKO_{name}": value for name, value in said.items()})
    assert made["level"] == said.get("LEVEL", "3")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"HEAD_REPOSITORY": FORK}, "not of project `main`"),
        ({"HEAD_REPOSITORY": FORK, "LEVEL": "1"}, "not of project `main`"),
        ({"HEAD_REF": ""}, "of no known ref"),
        ({"HEAD_REF": "refs/heads/a-feature"}, "not of project `main`"),
        ({"HEAD_REF": "refs/tags/main"}, "not of project `main`"),
        ({"HEAD_REF": "refs/heads/a/main"}, "not of project `main`"),
        ({"PROJECT": "try"}, "project `try` is of level 1, not 3"),
        ({"PROJECT": "other"}, "project `other` is not known"),
        ({"PROJECT": "hg"}, "not of project `hg`"),
    ],
)
def test_a_commit_of_another_project_is_refused(
    guarded: Project, said: dict[str, str], told: str
) -> None:
    head = git(guarded.root, "rev-parse", "HEAD")
    with pytest.raises(RelproError, match="P501") as error:
        decided(guarded, head, **{f"GECKO_{name}": value for name, value in said.items()})
    assert told in str(error.value)


@pytest.mark.parametrize("level", ["3", "1"])
def test_a_release_is_of_a_commit_of_its_branch(
    guarded: Project, tmp_path: Path, level: str
) -> None:
    origin = guarded.root
    git(origin, "branch", "-M", "main")
    reviewed = commit(origin, "Reviewed")
    git(origin, "checkout", "--quiet", "-b", "a-feature")
    feature = commit(origin, "Not reviewed")
    git(origin, "tag", "v1.0", feature)
    git(origin, "checkout", "--quiet", "main")
    commit(origin, "Later")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    project = Project(clone)
    said = {"GECKO_TASKS_FOR": "github-release", "GECKO_HEAD_REF": "main", "GECKO_LEVEL": level}
    if level == "1":
        said |= {"GECKO_PROJECT": "try"}
        assert decided(project, "v1.0", **said)["head_rev"] == feature
        return
    assert decided(project, reviewed, **said)["head_rev"] == reviewed
    for name in ("v1.0", feature):
        with pytest.raises(RelproError, match="which is not on its branch `main`") as error:
            decided(project, name, **said)
        assert error.value.diagnostics[0].code == "P501"


@pytest.mark.parametrize("tasks_for", ["github-push", "github-release"])
def test_a_tag_of_another_version_is_refused(project: Project, tasks_for: str) -> None:
    head = git(project.root, "rev-parse", "HEAD")

    def tagged(tag: str, of: Project = project) -> Parameters:
        return decided(of, head, GECKO_HEAD_TAG=tag, GECKO_TASKS_FOR=tasks_for)

    for tag in ("v1.0", "1.0", "v1.0.0", "v1", "nightly", "app-v9.9.9"):
        assert tagged(tag)["head_tag"] == tag
    for tag in ("v9.9.9", "V9.9.9", "9.9.9", "v1.0b1", "v1.0.1-rc1", "refs/tags/v9.9.9"):
        with pytest.raises(RelproError, match=r"stands on version 1\.0, and not on") as error:
            tagged(tag)
        assert error.value.diagnostics[0].code == "P501"
        assert "version-tags: null" in error.value.diagnostics[0].remedy


def test_what_tags_mean_is_the_project_s_choice(project: Project) -> None:
    head, config = git(project.root, "rev-parse", "HEAD"), project.root / "kinds" / "config.yml"
    text = config.read_text()
    config.write_text(f"{text}version-tags: null\n")
    assert decided(Project(project.root), head, GECKO_HEAD_TAG="v9.9.9").version == "1.0"
    config.write_text(f"{text}version-tags: 'app-v(.+)'\n")
    assert decided(Project(project.root), head, GECKO_HEAD_TAG="v9.9.9").version == "1.0"
    with pytest.raises(RelproError, match=r"tag `app-v9\.9\.9` stands on version"):
        decided(Project(project.root), head, GECKO_HEAD_TAG="app-v9.9.9")
    config.write_text(f"{text}version-tags: 'app-v.+'\n")
    with pytest.raises(RelproError, match="must be a regular expression with a group"):
        decided(Project(project.root), head)
