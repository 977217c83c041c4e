"""Each platform and locale of a release has what the others have."""

from typing import Any

import attrs
import pytest

from relpro.errors import Diagnostic
from relpro.model.place import Effects, Place
from relpro.model.policy import Families, Policy
from relpro.model.task import Task
from relpro.testing.factories import make_task
from relpro.verify.families import families_are_complete
from tests.verify.found import At, find

FAMILIES = Families(
    folder="pub/{version}/",
    released_by=("installer",),
    platforms={"linux": "Linux", "mac": "Darwin"},
    files={
        "installer": (":platform/:locale/*.dmg", ":platform/:locale/*.tar.xz"),
        "update": ("update/:platform/:locale/complete.mar",),
        "langpack": ("xpi/:locale.xpi",),
    },
    absent={},
)
EVERY = (
    "linux/de/a.tar.xz",
    "mac/de/a.dmg",
    "update/linux/de/complete.mar",
    "update/mac/de/complete.mar",
    "xpi/de.xpi",
)


def upload(label: str, *paths: str) -> Task:
    places = tuple(Place("object", f"release/pub/1.0/{path}") for path in paths)
    return make_task(label, product="widget", effects=Effects(places))


def found(*tasks: Task, families: Families = FAMILIES, **parameters: Any) -> list[Diagnostic]:
    at = At(parameters={"release_product": "widget", "version": "1.0", **parameters})
    return find(families_are_complete, *tasks, policy=Policy(families=families), at=at)


def lacking(*paths: str, families: Families = FAMILIES, **parameters: Any) -> list[str]:
    kept = [path for path in EVERY if path not in paths]
    diagnostics = found(upload("up", *kept), families=families, **parameters)
    return [diagnostic.what.removeprefix("the release has no ") for diagnostic in diagnostics]


def test_a_complete_release_is_right() -> None:
    assert lacking() == []


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("update/mac/de/complete.mar", "update of `mac/de`"),
        ("xpi/de.xpi", "langpack of `de`"),
    ],
)
def test_what_a_platform_and_locale_lacks_is_named(path: str, told: str) -> None:
    assert lacking(path) == [told]


def test_only_what_is_released_has_a_family() -> None:
    # Without its installer, the Mac is not released: that its update is there harms nobody.
    assert lacking("mac/de/a.dmg") == []
    more = upload("more", "update/linux/fr/complete.mar", "beos/fr/a.tar.xz", "linux/fr/a.txt")
    assert found(upload("up", *EVERY), more) == []


def test_several_tasks_make_one_family() -> None:
    tasks = [upload(f"up-{at}", path) for at, path in enumerate(EVERY)]
    assert found(*tasks) == []
    (diagnostic,) = found(*tasks[:-2], tasks[-1])
    assert diagnostic.where[0] == tasks[0].origin


@pytest.mark.parametrize(
    ("globs", "count"),
    [(["mac"], 0), (["mac/*"], 0), (["mac", "!mac/de"], 1), (["linux"], 1), (["*/fr"], 1)],
)
def test_what_is_absent_is_said_by_globs(globs: list[str], count: int) -> None:
    families = attrs.evolve(FAMILIES, absent={"update": globs})
    assert len(lacking("update/mac/de/complete.mar", families=families)) == count


def test_what_is_absent_may_depend_on_the_release() -> None:
    absent = {"update": {"by-level": {"1": ["mac"], "default": []}}}
    families = attrs.evolve(FAMILIES, absent=absent)
    assert lacking("update/mac/de/complete.mar", families=families) == []
    assert len(lacking("update/linux/de/complete.mar", families=families)) == 1


HISTORY = {
    "Linux": {
        "de": {"a": {"previousVersion": "0.8"}, "b": {"previousVersion": "0.9"}},
        "fr": {"a": {"previousVersion": "0.9"}},
    },
    "BeOS": {"de": {"a": {"previousVersion": "0.9"}}},
}


def test_partial_updates_are_those_that_the_history_makes_possible() -> None:
    families = attrs.evolve(
        FAMILIES,
        files={**FAMILIES.files, "partial": ("update/:platform/:locale/w-:previous-*.mar",)},
        history="{release-history}",
    )
    assert lacking(families=families, release_history=HISTORY) == [
        "partial of `linux/de/0.8`, `linux/de/0.9`"
    ]
    partials = [f"update/linux/de/w-{version}-1.0.mar" for version in ("0.8", "0.9")]
    every = upload("up", *EVERY, *partials)
    assert found(every, families=families, release_history=HISTORY) == []


def test_a_template_that_cannot_be_rendered_is_told_at_the_policy() -> None:
    families = attrs.evolve(FAMILIES, folder="pub/{no-such-thing}/")
    (diagnostic,) = found(upload("up", *EVERY), families=families)
    assert diagnostic.what.startswith("`policy.families`: ")


def test_other_products_and_pushes_have_no_families() -> None:
    tasks = (upload("up", "linux/de/a.tar.xz"),)
    assert found(*tasks, release_product=None) == []
    assert found(*tasks, release_product="gadget") == []
