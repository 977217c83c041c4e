"""`relpro init`: what it writes, what it leaves alone, and that templates are what they seem."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from relpro.starter.answers import QUESTIONS, TEMPLATES
from relpro.starter.record import RECORD
from tests.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "relpro" / "starter" / "templates"
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())
#: Where the part of `.taskcluster.yml` begins that is the same in every project.
SAME = "      isGithub: "


@pytest.fixture
def widget(tmp_path: Path) -> Path:
    folder = tmp_path / "widget"
    folder.mkdir()
    return folder


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_file_of_a_template_is_read_as_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        assert isinstance(yaml.safe_load(text), dict)
    elif path.suffix == ".py":
        ast.parse(text)
    assert text.endswith("\n")
    assert text.startswith("#!") == os.access(path, os.X_OK)
    if path.name not in {".taskcluster.yml", "README.md", "requirements.in"}:
        assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_open_word_is_filled_in(template: str, widget: Path, relpro: Run) -> None:
    assert relpro("init", "--root", str(widget), "--template", template).code == 0
    for name, text in content(widget).items():
        assert set(re.findall(r"__\w+?__", text)) <= {"__name__", "__main__", "__doc__", "__path__"}
        if text.startswith("#!"):
            assert os.access(widget / name, os.X_OK)
    graphs = {path.parent.name for path in widget.glob("tests/graphs/*/labels.txt")}
    assert graphs == set(TEMPLATES[template])


def test_answers_are_in_their_places(widget: Path, relpro: Run) -> None:
    said = {
        "product": "gadget",
        "trust-domain": "gad-gets",
        "repository": "https://github.com/me/gadget.git",
        "branch": "release",
        "platforms": "linux,mac",
        "signing-format": "gcp_prod_autograph_gpg",
    }
    assert said.keys() <= {question.name for question in QUESTIONS}
    words = [word for name, value in said.items() for word in (f"--{name}", value)]
    assert relpro("init", "--root", str(widget), *words).code == 0
    config = yaml.safe_load((widget / "kinds" / "config.yml").read_text())
    assert config["projects"]["gadget"] == {
        "level": "3",
        "repositories": ["https://github.com/me/gadget"],
        "branches": ["release"],
    }
    assert config["trust-domain"] == "gad-gets"
    given = ("--root", str(widget), "-p", str(widget / "tests/release.yml"), "--phase", "promote")
    labels = relpro("query", "kind(signing)", *given).out
    assert labels == "signing-gadget-linux\nsigning-gadget-mac\n"
    made = relpro("graph", *given, "--format", "json", "--tasks", "signing-gadget-mac").out
    (mac,) = json.loads(made).values()
    (signed,) = mac["task"]["payload"]["upstreamArtifacts"]
    assert signed["formats"] == ["gcp_prod_autograph_gpg"]
    # `.taskcluster.yml` is asked what it makes of pushes, and agrees with the configuration.
    hooks = relpro("hooks", "--root", str(widget), "--level", "3")
    assert hooks.code == 0, hooks.err
    roles = [role["scopes"] for role in json.loads(hooks.out)["roles"]]
    assert ["assume:repo:github.com/me/gadget:action:release-promotion"] in roles


def test_a_full_project_has_each_locale_on_each_platform(widget: Path, relpro: Run) -> None:
    said = ("--template", "full", "--locales", "de,pt-BR", "--platforms", "linux,mac")
    assert relpro("init", "--root", str(widget), *said).code == 0
    given = ("--root", str(widget), "-p", str(widget / "tests/release.yml"), "--phase", "ship")
    assert "warning" not in relpro("graph", *given).err
    lines = (widget / "tests" / "graphs" / "promote" / "labels.txt").read_text().splitlines()
    made = {label for line in lines if (label := line.split()[1]).startswith("balrog-")}
    locales = ("", "de-", "pt-BR-")
    assert made == {
        "balrog-release-widget",
        *(f"balrog-{one}widget-{platform}" for one in locales for platform in ("linux", "mac")),
    }


@pytest.mark.parametrize(
    ("option", "answer"),
    [
        ("product", "My Widget"),
        ("product", ""),
        ("trust-domain", "x" * 31),
        ("repository", "git@example.com:widget"),
        ("platforms", "linux,linux"),
        ("platforms", ","),
        ("locales", "de,german"),
        ("signing-format", "a b"),
        ("only", "nowhere/*"),
    ],
)
def test_answers_that_cannot_be_are_refused(
    option: str, answer: str, widget: Path, relpro: Run
) -> None:
    ran = relpro("init", "--root", str(widget), f"--{option}", answer)
    assert ran.code == 2
    assert f"--{option}" in ran.err
    assert content(widget) == {}


def test_nothing_is_written_over(widget: Path, relpro: Run) -> None:
    (widget / "README.md").write_text("# Widget\n")
    (widget / "scripts").mkdir()
    (widget / "scripts" / "build").write_text("mine\n")
    ran = relpro("init", "--root", str(widget))
    assert "kept  scripts/build\n" in ran.out
    assert "wrote README.md\n" in ran.out
    written = content(widget)
    assert written["scripts/build"] == "mine\n"
    assert written["README.md"].startswith("# Widget\n\n## Releases\n")
    again = relpro("init", "--root", str(widget))
    assert "wrote" not in again.out
    assert content(widget) == written


def test_of_a_project_that_has_kinds_only_what_is_around_them_is_written(
    widget: Path, relpro: Run
) -> None:
    relpro("init", "--root", str(widget), "--trust-domain", "gadgets")
    for name in (".taskcluster.yml", "scripts/build", "tests/release.yml"):
        (widget / name).unlink()
    ran = relpro("init", "--root", str(widget))
    assert re.findall("^wrote (.*)$", ran.out, re.MULTILINE) == [".taskcluster.yml"]
    assert "trustDomain: gadgets\n" in (widget / ".taskcluster.yml").read_text()
    ran = relpro("init", "--root", str(widget), "--only", "scripts/*")
    assert ran.out == "wrote scripts/build\nkept  scripts/test\n"


#: A line of two files, and what an older relpro wrote there.
TODAY, OLDER = "relpro kinds\n", "relpro kinds --old\n"
CHECK = ".ci/check-graphs"


@pytest.fixture
def older(widget: Path, relpro: Run) -> Path:
    """A project that an older relpro wrote: what it wrote is remembered as it was."""
    words = ("--product", "gadget", "--branch", "release", "--only", ".taskcluster.yml")
    assert relpro("init", "--root", str(widget), *words, "--only", ".ci/*").code == 0
    for path, today, then in (
        (CHECK, TODAY, OLDER),
        (RECORD, '"relpro kinds"', '"relpro kinds --old"'),
    ):
        text = (widget / path).read_text()
        assert text.count(today) == 1
        (widget / path).write_text(text.replace(today, then))
    return widget


def test_what_an_older_relpro_wrote_is_brought_up_to_date(older: Path, relpro: Run) -> None:
    written = content(older)
    shown = relpro("init", "--root", str(older), "--upgrade")
    assert shown.code == 1
    assert "\n-relpro kinds --old\n+relpro kinds\n" in shown.out
    assert shown.out.endswith(f"would write {CHECK}\n")
    assert content(older) == written
    done = relpro("init", "--root", str(older), "--upgrade", "--yes")
    assert (done.code, done.out) == (0, shown.out.replace("would write", "wrote"))
    assert (older / CHECK).read_text() == written[CHECK].replace(OLDER, TODAY)
    assert os.access(older / CHECK, os.X_OK)
    again = relpro("init", "--root", str(older), "--upgrade")
    assert (again.code, again.out) == (0, "all that relpro wrote is up to date\n")


def test_an_upgrade_keeps_what_somebody_changed(older: Path, relpro: Run) -> None:
    path = older / CHECK
    path.write_text(path.read_text().replace("#!/bin/sh\n", "#!/bin/bash\n"))
    assert relpro("init", "--root", str(older), "--upgrade", "--yes").code == 0
    assert path.read_text().startswith("#!/bin/bash\n")
    assert TODAY in path.read_text()


def test_an_upgrade_leaves_alone_what_both_changed(older: Path, relpro: Run) -> None:
    path = older / CHECK
    path.write_text(path.read_text().replace(OLDER, "mine\n"))
    done = relpro("init", "--root", str(older), "--upgrade", "--yes")
    assert done.code == 1
    assert "\n-mine\n+relpro kinds\n" in done.out
    assert f"kept  {CHECK}: you changed the lines that relpro changes; `--only {CHECK}`" in done.out
    assert "mine\n" in path.read_text()
    assert relpro("init", "--root", str(older), "--upgrade", "--yes", "--only", CHECK).code == 0
    assert TODAY in path.read_text()


def test_an_upgrade_brings_back_nothing_and_writes_over_nothing_that_it_does_not_know(
    older: Path, relpro: Run
) -> None:
    (older / CHECK).unlink()
    done = relpro("init", "--root", str(older), "--upgrade", "--yes")
    assert f"kept  {CHECK}: you took it away" in done.out
    (older / RECORD).unlink()
    (older / CHECK).write_text("mine\n")
    done = relpro("init", "--root", str(older), "--upgrade", "--yes", "--product", "gadget")
    assert f"kept  {CHECK}: it is not known what you changed in it" in done.out
    assert (older / CHECK).read_text() == "mine\n"


def test_a_record_that_is_none_is_refused_at_its_line(older: Path, relpro: Run) -> None:
    record = older / RECORD
    record.write_text(record.read_text().replace('"minimal"', '"maximal"'))
    done = relpro("init", "--root", str(older), "--upgrade")
    assert done.code == 2
    assert "error[K201]: `template` must be one of `minimal`, `full`" in done.err
    assert f"--> {RECORD}:3:" in done.err


def test_the_file_of_decision_tasks_is_that_of_this_repository() -> None:
    ours = (ROOT / ".taskcluster.yml").read_text(encoding="utf-8")
    template = (FOLDER / "every" / ".taskcluster.yml").read_text(encoding="utf-8")
    (head, same), (their_head, their_same) = ours.split(SAME), template.split(SAME)
    # This repository does not install relpro from an index: it is relpro.
    installed = " " * 20 + "python -m pip install --no-deps --no-build-isolation .\n"
    assert same.count(installed) == 2
    assert same.replace(installed, "") == their_same
    assert head.split("trustDomain:")[0] == their_head.split("trustDomain:")[0]


def test_at_a_terminal_it_asks(widget: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "relpro", "init", "--product", "gadget"]
    os.write(ours, b"gad\nhttps://example.com/g\nmain\nmac\n\n")
    done = subprocess.run(
        command, cwd=widget, stdin=theirs, capture_output=True, text=True, check=False, timeout=60
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert "Format of the signature beside each file [autograph_gpg]" in done.stderr
    assert "What is released" not in done.stderr
    assert "trust-domain: gad\n" in (widget / "kinds" / "config.yml").read_text()
    labels = (widget / "tests" / "graphs" / "push" / "labels.txt").read_text()
    assert labels == "push     upload-gadget-mac  <- signing-gadget-mac\n"
