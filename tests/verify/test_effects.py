import pytest

from relpro.model.place import Copy, Effects, Place
from relpro.model.policy import Policy
from relpro.model.task import Task
from relpro.testing.factories import make_task as plain_task
from relpro.verify.effects import (
    keys_are_well_formed,
    objects_are_below_owned_folders,
)
from tests.verify.found import find, told

Places = tuple[Place, ...]

NAME = Place("download", "production/Widget-1.0")


def task(
    label: str, *needs: str, writes: Places = (), reads: Places = (), phase: str | None = None
) -> Task:
    return plain_task(label, *needs, phase=phase, effects=Effects(writes, reads))


def uploads(label: str, *paths: str) -> Task:
    return task(label, writes=tuple(Place("object", f"release/{path}") for path in paths))


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("", "it is empty"),
        ("/pub/x", "it begins with `/`"),
        ("pub/x/", "it ends with `/`"),
        ("https://example.com/x", "it begins with a scheme"),
        ("pub/./x", "a part of it is `.` or `..`"),
        ("pub/../../x", "a part of it is `.` or `..`"),
        ("..", "a part of it is `.` or `..`"),
        ("pub//x", "a part of it is empty"),
        ("pub/x\ty", "it holds a control character"),
        ("pub/x\n", "it holds a control character"),
        (" pub/x", "a blank stands at an end"),
        ("pub/x ", "a blank stands at an end"),
        ("pub/a%2fb", "it holds a sign in the form that addresses have for it"),
        ("pub/x?a=b", "it holds `?` or `#`, at which the path of an address ends"),
        ("pub/x#1", "it holds `?` or `#`, at which the path of an address ends"),
        ("pub\\x", "it holds `\\`, which many take for `/`"),
        ("pub/x\u200b.zip", "it holds a sign that is not seen"),
        ("pub/e\u0301", "a letter in it is written as several signs, and has one of its own"),
        ("pub/" + "x" * 1021, "it has more than 1024 bytes"),
    ],
)
def test_the_path_of_an_object_is_well_formed(path: str, fault: str) -> None:
    found = find(keys_are_well_formed, uploads("a", "pub/fine", path))
    assert told(found) == [f"G363: task `a` writes object `{path}`: {fault}"]


@pytest.mark.parametrize(
    "path",
    ["x", "pub/Setup 1.0.exe", "pub/...", "pub/.x", "pub/x..y", "a/b:c", "a/100%", "a/\u00e9"],
)
def test_what_is_nearly_ill_formed_is_taken(path: str) -> None:
    assert find(keys_are_well_formed, uploads("a", path)) == []


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (Place("alias", "production/"), "it ends with `/`"),
        (Place("tag", "example.com/x/ V1"), ""),
        (Place("tag", "example.com/x/V1 "), "a blank stands at an end"),
        (Place("blob", "release//x"), "a part of it is empty"),
        (Place("record", "a/b\nc"), "it holds a control character"),
        (Place("pin", "release/widget/nightly/1.0."), ""),
        (Place("library", "maven/org.example:core:1.0"), ""),
        (Place("tree-file", "example.com/x/../y"), ""),
    ],
)
def test_the_names_of_other_places_are_well_formed(place: Place, fault: str) -> None:
    found = told(find(keys_are_well_formed, task("a", writes=(place,))))
    wanted = [f"G363: task `a` writes {place.kind} `{place.key}`: {fault}"]
    assert found == (wanted if fault else [])


@pytest.mark.parametrize("folder", ["pub/1.0//", "pub/../", "/pub/", "pub/1.0 /"])
def test_a_copy_goes_to_well_formed_folders(folder: str) -> None:
    for ends in ((folder, "pub/x/"), ("pub/x/", folder)):
        source, target = (f"release/{end}" for end in ends)
        copies = plain_task("a", effects=Effects(copies=(Copy(source, target, ()),)))
        (diagnostic,) = find(keys_are_well_formed, copies)
        assert f"task `a` copies `{folder}`" in diagnostic.what


OWNED = Policy(owned_folders={"release": ("pub/widget/",)})


@pytest.mark.parametrize("path", ["pub/gadget/x", "pub/widgets/x", "pub/widget", "xpub/widget/x"])
def test_objects_are_written_below_folders_that_the_project_owns(path: str) -> None:
    found = find(objects_are_below_owned_folders, uploads("a", "pub/widget/x", path), policy=OWNED)
    assert told(found) == [
        f"G367: task `a` writes object `{path}` of `release`, which is not the project's"
    ]
    assert find(objects_are_below_owned_folders, uploads("a", path)) == []


def test_a_bucket_without_folders_is_not_the_projects() -> None:
    elsewhere = task("a", writes=(Place("object", "releases/pub/widget/x"),))
    (found,) = find(objects_are_below_owned_folders, elsewhere, policy=OWNED)
    assert found.remedy == "did you mean `release`?"


def test_what_is_copied_goes_below_owned_folders_too() -> None:
    for folder, count in (("widget", 0), ("gadget", 1)):
        copy = Copy("release/pub/widget/candidates/", f"release/pub/{folder}/releases/", ())
        copies = plain_task("a", effects=Effects(copies=(copy,)))
        assert len(find(objects_are_below_owned_folders, copies, policy=OWNED)) == count


def test_places_that_are_no_objects_have_no_folders() -> None:
    named = task("a", writes=(NAME,))
    assert find(objects_are_below_owned_folders, named, policy=OWNED) == []
