"""Mistakes in the project of the tutorial: each is refused, with its line and a remedy."""

import re
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest

from tests.cli.conftest import Ran, Run
from tests.docs.pages import DOCS, Write, steps

BUILD, UPLOAD, VERSION = "kinds/build/build.yml", "kinds/push/upload.yml", "kinds/version.txt"
ARTIFACT = "path: /dist/widget.zip}"
ZIP = "widget/{version}/widget-{build-platform}.zip"


@attrs.frozen
class Mistake:
    """An edit of a file of the tutorial: what stands there by what, and what is said of it.

    `at` is the file that is named, where it is another.
    """

    file: str
    edits: Mapping[str, str]
    says: tuple[str, ...]
    at: str = ""


MISTAKES = {
    "a destination without the platform": Mistake(
        UPLOAD,
        {"widget-{build-platform}.zip": "widget.zip"},
        (
            "G362",
            "`upload-widget-linux` and `upload-widget-windows` both write object `dep/widget/",
            "add to it what differs between them",
        ),
    ),
    "a destination twice in one task": Mistake(
        UPLOAD,
        {f"{ZIP}.asc": ZIP},
        (
            "G362",
            "`upload-widget-linux` writes object `dep/widget/1.2.3/widget-linux.zip` twice",
            "give each file a place of its own",
        ),
    ),
    "a leading slash": Mistake(
        UPLOAD,
        {f"[{ZIP!r}]": f"['/{ZIP}']"},
        ("G363", "`/widget/1.2.3/widget-linux.zip`: it begins with `/`", "divided by single `/`"),
    ),
    "a platform that leads elsewhere": Mistake(
        BUILD,
        {"[linux, windows]": "[linux, ../../x]"},
        ("G363", "widget-../../x.zip`: a part of it is `.` or `..`", "divided by single `/`"),
        at=UPLOAD,
    ),
    "an artifact that expires before it is signed": Mistake(
        BUILD,
        {ARTIFACT: "path: /dist/widget.zip, expires-after: 1 hour}"},
        ("G340", "`public/build/widget.zip`", "signing-widget-linux", "expires"),
    ),
    "a run that is longer than its deadline": Mistake(
        BUILD,
        {"max-run-time: 3600": "max-run-time: 90000"},
        ("G341", "90000", "1 day", "deadline-after"),
    ),
    "a version that YAML reads as another": Mistake(
        BUILD,
        {
            "platform: [linux, windows]": "platform: [linux, windows]\n      python: [3.9, 3.10]",
            "'package-{platform}'": "'package-{platform}', '{python}'",
        },
        ("3.10", "3.1", "quotes"),
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project as it is at the end of the tutorial."""
    for step in steps((DOCS / "tutorial" / "first-release.md").read_text(encoding="utf-8")):
        if isinstance(step, Write):
            path = tmp_path / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
    return tmp_path


def push(relpro: Run, project: Path) -> Ran:
    return relpro("graph", "--root", str(project), "--phase", "push")


def edit(project: Path, file: str, edits: Mapping[str, str]) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    for old, new in edits.items():
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_where_it_is_written(name: str, relpro: Run, project: Path) -> None:
    mistake = MISTAKES[name]
    edit(project, mistake.file, mistake.edits)
    ran = push(relpro, project)
    assert (ran.code in {2, 4}, ran.out) == (True, "")
    for words in mistake.says:
        assert words in ran.err
    assert re.search(rf"--> {re.escape(mistake.at or mistake.file)}:\d+", ran.err)


@pytest.mark.parametrize("version", ["", "\n", "1.2.3\n1.2.4\n"])
def test_a_version_file_has_one_line(version: str, relpro: Run, project: Path) -> None:
    (project / VERSION).write_text(version)
    ran = push(relpro, project)
    assert (ran.code in {2, 4}, ran.out) == (True, "")
    assert "parameter `version` is read from `version.txt`, which " in ran.err
    assert "--> kinds/config.yml:7:5" in ran.err
    assert "write one line of text" in ran.err


SENSIBLE = {
    "as it is": ("kinds/config.yml", {}),
    "a long run, and a late deadline": (
        BUILD,
        {
            "max-run-time: 3600": "max-run-time: 90000",
            "    worker-type: linux\n": "    worker-type: linux\n    deadline-after: 2 days\n",
        },
    ),
    "an artifact that lasts": (
        BUILD,
        {ARTIFACT: "path: /dist/widget.zip, expires-after: 14 days}"},
    ),
    "a version in quotes": (BUILD, {"[linux, windows]": "['3.9', '3.10']"}),
    "a folder for each platform": (UPLOAD, {"widget-{build-platform}": "{build-platform}/widget"}),
}


@pytest.mark.parametrize("name", SENSIBLE)
def test_what_makes_sense_is_taken(name: str, relpro: Run, project: Path) -> None:
    edit(project, *SENSIBLE[name])
    ran = push(relpro, project)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("upload-")
