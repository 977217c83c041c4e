"""Download names lead to files: rules on a small graph, and on this project's own kinds."""

import shutil
from pathlib import Path

import pytest

from relpro.errors import Diagnostic, RelproError
from relpro.goal import Goal
from relpro.model.place import Copy, Download, Effects, Place
from relpro.model.policy import Policy
from relpro.model.task import Task
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.testing.factories import make_task
from relpro.verify.downloads import downloads_lead_to_files
from tests.fuzz.kinds import PARAMETERS, ROOT
from tests.verify.found import At, find, told

CANDIDATES = "pub/widget/candidates/1.0-candidates/build1"
RELEASES = "pub/widget/releases/1.0"
COPY = Copy(f"release/{CANDIDATES}/", f"release/{RELEASES}/", (r".*\.txt$",))
PUSH = make_task("push", effects=Effects(copies=(COPY,)))


def uploads(*paths: str) -> Task:
    places = tuple(Place("object", f"release/{CANDIDATES}/{path}") for path in paths)
    return make_task("upload", effects=Effects(places))


def names(*paths: str) -> Task:
    leads = tuple(Download("Widget-1.0", f"{RELEASES}/{path}", ("de", "fr")) for path in paths)
    return make_task("names", effects=Effects(downloads=leads))


def wrong(
    *tasks: Task, product: str | None = "widget", excused: str = "", shared: str = ""
) -> list[Diagnostic]:
    at = At(parameters={"release_product": product})
    policy = Policy(downloads_without_files=(excused,), shared_files=(shared,))
    return find(downloads_lead_to_files, *tasks, PUSH, at=at, policy=policy)


def test_a_name_may_lead_to_what_is_copied_from_the_candidates() -> None:
    task = uploads("linux/de/widget.tar", "linux/fr/widget.tar")
    assert wrong(task, names("linux/:lang/widget.tar")) == []


def test_a_renamed_file_is_found_and_what_is_there_is_offered() -> None:
    task = uploads("linux/de/widget-1.0.tar.xz", "linux/fr/widget-1.0.tar.xz")
    (one,) = wrong(task, names("linux/:lang/widget-1.0.tar.bz2"))
    assert one.code == "G366"
    assert f"`{RELEASES}/linux/de/widget-1.0.tar.bz2` and 1 more, which no task" in one.what
    assert one.remedy == f"did you mean `{RELEASES}/linux/de/widget-1.0.tar.xz`?"


def test_what_the_copy_leaves_out_is_not_there() -> None:
    found = wrong(uploads("linux/de/notes.txt", "linux/de/a.tar"), names("linux/:lang/notes.txt"))
    path = f"{RELEASES}/linux/de/notes.txt"
    assert told(found) == [f"G366: download `Widget-1.0` leads to `{path}`, which no task uploads"]


def test_a_locale_of_which_a_platform_has_nothing_is_not_missed() -> None:
    assert wrong(uploads("linux/de/widget.tar"), names("linux/:lang/widget.tar")) == []


def test_a_folder_in_which_there_is_nothing_is_missed_unless_it_is_of_another_platform() -> None:
    task = uploads("linux/de/widget.tar")
    (one,) = wrong(task, names("win/:lang/widget.exe"))
    assert f"`{RELEASES}/win/de/widget.exe` and 1 more, which no task uploads" in one.what
    assert wrong(task, names("win/:lang/widget.exe"), shared="*/win/*.exe") == []
    assert len(wrong(task, names("linux/:lang/widget.rpm"), shared="*.rpm")) == 1


def test_files_named_after_their_locale_are_missed_where_none_is_there() -> None:
    task = uploads("linux/xpi/de.xpi")
    assert wrong(task, names("linux/xpi/:lang.xpi")) == []
    assert len(wrong(task, names("linux/xpi/:lang.langpack.xpi"))) == 1


def test_a_name_without_locales_leads_to_one_file() -> None:
    assert wrong(uploads("source/widget.tar"), names("source/widget.tar")) == []
    assert len(wrong(uploads("source/widget.tar"), names("source/widgets.tar"))) == 1


def test_the_policy_excuses_and_a_push_of_no_release_is_not_asked() -> None:
    tasks = (uploads("linux/de/widget.tar"), names("linux/:lang/widget.mar"))
    assert len(wrong(*tasks)) == 1
    assert wrong(*tasks, excused="*.mar") == []
    assert wrong(*tasks, product=None) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "lost"),
    [
        ("candidates", "firefox-{version}.{linux-archive}'", "fx-{version}.tar'", "linux-x86_64"),
        ("candidates", "Firefox Setup {version}.exe", "Firefox-Setup-{version}.exe", "win64"),
        ("candidates", "{ftp-platform}/{locale-name}/Firefox {version}.dmg", "mac.dmg", ".dmg"),
        ("bouncer", "complete.mar", "full.mar", "full.mar"),
    ],
)
def test_an_edit_of_one_manifest_breaks_downloads_of_this_project(
    tmp_path: Path, file: str, old: str, new: str, lost: str
) -> None:
    # Without transforms of its own, so that ours are used.
    shutil.copytree(ROOT / "kinds", tmp_path / "kinds")
    manifest = tmp_path / "kinds" / "data" / f"{file}.yml"
    assert old in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(old, new))
    with pytest.raises(RelproError) as raised:
        _ = Pipeline.of(Project(tmp_path), PARAMETERS, Goal(flavor="promote_firefox")).full
    assert any(one.code == "G366" and lost in one.what for one in raised.value.diagnostics)
