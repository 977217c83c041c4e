from typing import Any

import pytest

from relpro.transform.section import Refusal
from tests.stock.workers.examples import EXAMPLES, upstream
from tests.stock.workers.making import made, payload, problems

CANDIDATES: dict[str, Any] = dict(EXAMPLES["beetmover: candidates"][1])


def test_what_is_not_said_of_the_build_is_what_the_parameters_say() -> None:
    body = payload("beetmover", CANDIDATES)
    assert body["releaseProperties"] == {
        "appName": "App",
        "appVersion": "92.0.1",
        "branch": "release",
        "buildid": "20210922161155",
        "hashType": "sha512",
        "platform": "linux64",
    }
    found = (body["upload_date"], body["version"], body["build_number"], body["next_version"])
    assert found == (1632327115, "92.0.1", 2, "92.0.2")


def test_what_is_said_of_the_build_wins() -> None:
    said = {"app-name": "App", "platform": "mac", "build-id": "1", "branch": "b"}
    worker = {**CANDIDATES, "release-properties": said, "build-number": 9, "upload-date": 7}
    body = payload("beetmover", worker)
    assert (body["releaseProperties"]["buildid"], body["releaseProperties"]["branch"]) == ("1", "b")
    assert (body["build_number"], body["upload_date"]) == (9, 7)


def test_a_copy_to_releases_knows_the_release() -> None:
    worker = {"action": "push-to-releases", "bucket": "dep", "product": "app"}
    expected = {"product": "app", "version": "92.0.1", "build_number": 2}
    assert payload("beetmover", worker) == expected


def test_a_release_without_a_next_version_names_none() -> None:
    assert "next_version" not in payload("beetmover", {**CANDIDATES, "next-version": None})


def test_the_artifact_map_is_spelt_as_the_script_reads_it() -> None:
    assert payload("beetmover", CANDIDATES)["artifactMap"] == [
        {
            "taskId": {"task-reference": "<build>"},
            "locale": "de",
            "paths": {
                "public/build/de/target.tar.xz": {
                    "destinations": [
                        "pub/app/candidates/92.0.1-candidates/build2/linux/de/app.tar.xz"
                    ],
                    "checksums_path": "linux/de/app.tar.xz",
                    "update_balrog_manifest": True,
                }
            },
        }
    ]


def expiring(words: str) -> dict[str, Any]:
    (item,) = CANDIDATES["artifact-map"]
    paths = {path: {**said, "expiry": words} for path, said in item["paths"].items()}
    return {**CANDIDATES, "artifact-map": [{**item, "paths": paths}]}


def test_files_are_kept_for_a_time_that_begins_with_the_task() -> None:
    task = made("beetmover", expiring("1 year"))
    (item,) = task.definition["payload"]["artifactMap"]
    (said,) = item["paths"].values()
    assert said["expiry"] == {"relative-datestamp": "1 year"}
    assert problems(task) == []
    with pytest.raises(Refusal, match='`expiry` of a file is rendered to "2 fortnights"'):
        made("beetmover", expiring("2 fortnights"))


def test_upstream_artifacts_take_the_locale_of_the_task() -> None:
    items = [upstream("a"), upstream("b", locale="fr")]
    worker = {**CANDIDATES, "locale": "de", "upstream-artifacts": items}
    found = payload("beetmover", worker)["upstreamArtifacts"]
    assert [item["locale"] for item in found] == ["de", "fr"]


@pytest.mark.parametrize("resource", ["bucket", "apt-repo", "yum-repo"])
def test_one_scope_names_the_action_and_one_the_resource(resource: str) -> None:
    worker = {"action": "push-to-releases", "product": "app", resource: "release"}
    assert made("beetmover", worker).definition["scopes"] == [
        "project:app:releng:beetmover:action:push-to-releases",
        f"project:app:releng:beetmover:{resource}:release",
    ]


@pytest.mark.parametrize(
    ("resources", "found"),
    [({}, "none of them"), ({"bucket": "a", "yum-repo": "b"}, "`bucket` and `yum-repo`")],
)
def test_other_than_one_resource_is_refused(resources: dict[str, str], found: str) -> None:
    with pytest.raises(Refusal, match=f"found {found}$"):
        made("beetmover", {"action": "push-to-releases", "product": "app", **resources})


@pytest.mark.parametrize(
    ("example", "kind", "published"),
    [
        ("candidates", "move", ("public/manifest.json", "public/target.checksums")),
        (
            "candidates",
            "beetmover-source",
            ("public/manifest.json", "public/target-source.checksums"),
        ),
        ("partner", "move", ("public/target.checksums",)),
        ("releases", "move", ()),
        ("directly", "move", ()),
    ],
)
def test_manifest_and_checksums_are_declared(
    example: str, kind: str, published: tuple[str, ...]
) -> None:
    alias, worker = EXAMPLES[f"beetmover: {example}"]
    assert made(alias, worker, kind=kind).artifacts == published
