import attrs
import pytest

from relpro.model.place import Effects, Place
from relpro.model.policy import Notarization, Policy
from relpro.model.task import Task
from relpro.testing.factories import make_task
from relpro.verify.signatures import published_artifacts_are_signed
from tests.verify.found import REAL, TRY, builder, find, reader, told

SIGNED = Policy(
    requires_signatures=True,
    unsigned={"build": ("*.txt",)},
    release_scopes=("cert:release",),
    staging_scopes=("cert:dep",),
)
NOTARIZED = Policy(notarization=Notarization(("notary",), ("mac*",), ("*.dmg",)))


def signer(label: str, *needs: str, scope: str = "cert:release", implementation: str = "") -> Task:
    return make_task(
        label,
        *needs,
        implementation=implementation or "scriptworker-signing",
        definition={"scopes": [scope]},
    )


def test_an_unsigned_artifact_that_is_published_is_found() -> None:
    tasks = (builder("build"), reader("move", "build", "public/build/target.zip"))
    (found,) = find(published_artifacts_are_signed, *tasks, policy=SIGNED)
    assert found.code == "G310"
    assert found.what == (
        "task `move` publishes `public/build/target.zip` of `build`, "
        "which is not signed with a production key"
    )


def repackaged(*paths: str) -> tuple[Task, ...]:
    return (
        builder("build"),
        signer("signing", "build", implementation="iscript"),
        builder("repackage", "signing"),
        builder("attribution", "repackage"),
        reader("move", "attribution", *paths),
    )


def test_what_is_made_after_the_last_signature_is_unsigned_whatever_stood_before() -> None:
    (found,) = find(published_artifacts_are_signed, *repackaged("x/target.pkg"), policy=SIGNED)
    assert found.what == (
        "task `move` publishes `x/target.pkg` of `attribution`, "
        "which is not signed with a production key"
    )


def test_what_only_packs_signed_artifacts_counts_as_signed_file_by_file() -> None:
    packs = {"repackage": ("*.dmg",), "attribution": ("*.dmg",)}
    policy = attrs.evolve(SIGNED, made_of_signed=packs)
    tasks = repackaged("x/target.dmg", "x/target.pkg")
    (found,) = find(published_artifacts_are_signed, *tasks, policy=policy)
    assert "`x/target.pkg`" in found.what


def test_what_packs_nothing_signed_is_unsigned() -> None:
    policy = attrs.evolve(SIGNED, made_of_signed={"repackage": ("*.dmg",)})
    tasks = (
        builder("build"),
        builder("repackage", "build"),
        reader("move", "repackage", "x/target.dmg"),
    )
    assert len(find(published_artifacts_are_signed, *tasks, policy=policy)) == 1


def test_a_file_of_a_kind_may_be_excepted_by_its_name() -> None:
    tasks = (builder("build"), reader("move", "build", "public/build/de/target.txt"))
    assert find(published_artifacts_are_signed, *tasks, policy=SIGNED) == []


def test_a_file_of_that_name_made_by_another_kind_is_not_excepted() -> None:
    tasks = (builder("sbom"), reader("move", "sbom", "public/build/de/target.txt"))
    (found,) = find(published_artifacts_are_signed, *tasks, policy=SIGNED)
    assert found.remedy == (
        "sign it, or name kind and file in `policy: signatures`: `made-of-signed`, or `except`"
    )


def test_a_signature_of_the_other_release_level_is_none() -> None:
    for at, good, bad in ((REAL, "cert:release", "cert:dep"), (TRY, "cert:dep", "cert:release")):
        for scope, count in ((good, 0), (bad, 1)):
            tasks = (signer("signing", scope=scope), reader("move", "signing", "a.zip"))
            found = find(published_artifacts_are_signed, *tasks, policy=SIGNED, at=at)
            assert len(found) == count


def test_what_only_a_signing_task_reads_is_not_published() -> None:
    sign = reader("sign", "build", "a.zip", implementation="scriptworker-signing")
    assert find(published_artifacts_are_signed, builder("build"), sign, policy=SIGNED) == []


@pytest.mark.parametrize(
    ("implementation", "kind", "count"),
    [
        ("scriptworker-github", "asset", 1),
        ("scriptworker-addons", "add-on", 0),  # the site signs what it gets
        ("transforms.workers.mirror", "object", 1),
        ("transforms.workers.notary", "record", 0),
    ],
)
def test_a_script_says_whether_it_publishes_and_places_say_it_of_builders_of_the_project(
    implementation: str, kind: str, count: int
) -> None:
    effects = Effects((Place(kind, "somewhere/a.zip"),))
    move = reader("move", "build", "a.zip", implementation=implementation, effects=effects)
    found = find(published_artifacts_are_signed, builder("build"), move, policy=SIGNED)
    assert len(found) == count


def test_tasks_that_fail_alike_are_counted() -> None:
    moves = [reader(f"move-{number}", "build", "a.zip") for number in range(3)]
    (found,) = find(published_artifacts_are_signed, builder("build"), *moves, policy=SIGNED)
    assert found.context == "and 2 more of kind `move`"


def test_a_policy_that_asks_for_no_signature_finds_nothing() -> None:
    tasks = (builder("build"), reader("move", "build", "a.zip"))
    assert find(published_artifacts_are_signed, *tasks) == []


def mac(platform: str = "mac64") -> tuple[Task, ...]:
    attributes = {"build_platform": platform}
    return (
        builder("build", attributes=attributes),
        builder("repackage", "build", attributes=attributes),
        reader("move", "repackage", "x/target.dmg", "x/target.tar.gz"),
    )


def test_a_package_that_was_not_notarized_is_found() -> None:
    found = find(published_artifacts_are_signed, *mac(), policy=NOTARIZED)
    assert told(found) == [
        "G310: task `move` publishes `x/target.dmg` of `repackage`, which was not notarized"
    ]


def test_only_packages_of_production_and_of_some_platforms_are_notarized() -> None:
    assert find(published_artifacts_are_signed, *mac(), policy=NOTARIZED, at=TRY) == []
    assert find(published_artifacts_are_signed, *mac("linux64"), policy=NOTARIZED) == []


def test_what_only_packs_notarized_files_counts_as_notarized() -> None:
    attributes = {"build_platform": "mac64"}
    tasks = (
        make_task("notary-1", attributes=attributes),
        builder("repackage", "notary-1", attributes=attributes),
        reader("move", "repackage", "x/target.dmg"),
    )
    assert len(find(published_artifacts_are_signed, *tasks, policy=NOTARIZED)) == 1
    packs = attrs.evolve(NOTARIZED, made_of_signed={"repackage": ("*.dmg",)})
    assert find(published_artifacts_are_signed, *tasks, policy=packs) == []
