"""What a beetmover worker does to a bucket: everything that the map says, and never twice."""

import hashlib
from collections.abc import Mapping
from typing import Any

import attrs
import orjson
import pytest

from tests.scripts.conftest import Archive
from tests.scripts.stage import Ran, Stage

PREFIX = "project:widgets:releng:beetmover:"
CANDIDATES = "pub/widget/candidates/2.0-candidates/build1/"
RELEASES = "pub/widget/releases/2.0/"
PROPERTIES = {
    "appName": "Widget",
    "appVersion": "2.0",
    "buildid": "20260301100000",
    "hashType": "sha512",
    "platform": "linux64",
    "branch": "release",
}
BUILD = {
    "upload_date": 1790000000,
    "version": "2.0",
    "build_number": 1,
    "releaseProperties": PROPERTIES,
}
RELEASE = {"product": "Widget", "version": "2.0", "build_number": 1}


@attrs.frozen
class Bench:
    """A stage with an archive."""

    stage: Stage
    archive: Archive

    def run(
        self, action: str, payload: Any, files: Mapping[str, bytes] | None = None, **more: Any
    ) -> Ran:
        scopes = (f"{PREFIX}action:{action}", f"{PREFIX}bucket:dep")
        return self.stage.run("beetmover", payload, *scopes, files=files, **more)

    def push(self, files: Mapping[str, bytes], said: Mapping[str, Any], **more: Any) -> Ran:
        """Push a build to candidates; `said` is what the map has of each file."""
        payload = {**BUILD, **mapped(said)}
        return self.run("push-to-candidates", payload, files, **more)


def mapped(said: Mapping[str, Any]) -> dict[str, Any]:
    item = {"taskId": "UPSTREAM", "locale": "de"}
    return {
        "upstreamArtifacts": [{**item, "taskType": "build", "paths": list(said)}],
        "artifactMap": [{**item, "paths": dict(said)}],
    }


def placed(*destinations: str, **more: Any) -> dict[str, Any]:
    name = destinations[0].removeprefix(CANDIDATES)
    return {"destinations": list(destinations), "checksums_path": name, **more}


@pytest.fixture
def bench(stage: Stage, archive: Archive) -> Bench:
    services = attrs.evolve(stage.services, storage=archive.storage)
    return Bench(attrs.evolve(stage, services=services), archive)


MAR = "public/build/target.complete.mar"
FROM_1 = "public/build/target.partial-1.mar"


def test_a_build_is_uploaded_and_its_manifest_says_what_it_is(bench: Bench) -> None:
    place = f"{CANDIDATES}update/linux-x86_64/de/widget-2.0.complete.mar"
    partial = f"{CANDIDATES}update/linux-x86_64/de/widget-1.0-2.0.partial.mar"
    updated = {"update_balrog_manifest": True}
    said = {
        MAR: placed(place, **updated),
        FROM_1: placed(partial, **updated, from_buildid="20260201100000"),
    }
    earlier = {
        "artifact_name": "target.partial-1.mar",
        "buildid": "20260201100000",
        "previousVersion": "1.0",
        "previousBuildNumber": 2,
    }
    ran = bench.push({MAR: b"complete", FROM_1: b"partial"}, said, partials=[earlier])
    assert ran.state == "completed"
    assert bench.archive.names() == [partial, place]
    assert bench.archive.content(place) == b"complete"
    (entry,) = orjson.loads(ran.made("public/manifest.json"))
    complete = hashlib.sha512(b"complete").hexdigest()
    address = f"https://archive.example/{place}"
    assert entry["completeInfo"] == [{"hash": complete, "size": 8, "url": address}]
    assert entry["partialInfo"][0]["previousVersion"] == "1.0"
    about = ("appName", "platform", "locale", "tc_release", "build_number", "version")
    assert [entry[key] for key in about] == ["Widget", "linux64", "de", True, 1, "2.0"]
    lines = ran.made("public/target.checksums").decode().splitlines()
    assert lines[2] == f"{complete} sha512 8 update/linux-x86_64/de/widget-2.0.complete.mar"


def test_a_second_upload_of_the_same_bytes_passes_and_of_others_fails(bench: Bench) -> None:
    said = {MAR: placed(f"{CANDIDATES}widget.mar")}
    assert bench.push({MAR: b"a"}, said).state == "completed"
    assert bench.push({MAR: b"a"}, said).state == "completed"
    other = bench.push({MAR: b"b"}, said)
    assert other.state.startswith("failed: ")
    assert "is there with other bytes, which are not overwritten" in other.state
    assert bench.archive.content(f"{CANDIDATES}widget.mar") == b"a"


def test_what_is_latest_is_written_over(bench: Bench) -> None:
    latest = "pub/widget/nightly/latest-main/widget.mar"
    for content in (b"a", b"b"):
        payload = {**BUILD, **mapped({MAR: placed(latest)})}
        assert bench.run("push-to-nightly", payload, {MAR: content}).state == "completed"
    assert bench.archive.content(latest) == b"b"


def test_a_release_is_copied_without_what_the_script_leaves_out(bench: Bench) -> None:
    for name in ("linux/de/a.mar", "linux/de/a.tests.tar.gz", "linux/de/a.zip", "a.checksums"):
        bench.archive.put(CANDIDATES + name, b"1")
    bench.archive.put(f"{CANDIDATES}partner-repacks/acme/v1/a.mar", b"1")
    bench.archive.put(f"{CANDIDATES}partner-repacks/other/v1/a.mar", b"1")
    ran = bench.run("push-to-releases", {**RELEASE, "partners": ["acme"]}, {MAR: b"x"})
    assert ran.state == "completed"
    copied = [key for key in bench.archive.names() if "/releases/" in key]
    assert copied == [f"{RELEASES}linux/de/a.mar", "pub/widget/releases/partners/acme/2.0/a.mar"]
    assert bench.run("push-to-releases", RELEASE, {MAR: b"x"}).state == "completed"


def test_nothing_of_a_release_is_copied_where_one_file_has_other_bytes(bench: Bench) -> None:
    for name in ("a.mar", "b.mar"):
        bench.archive.put(CANDIDATES + name, b"1")
    bench.archive.put(f"{RELEASES}b.mar", b"2")
    ran = bench.run("push-to-releases", RELEASE, {MAR: b"x"})
    assert ran.state.startswith(f"failed: `{RELEASES}b.mar` is there with other bytes")
    assert f"{RELEASES}a.mar" not in bench.archive.names()
    assert bench.archive.content(f"{RELEASES}b.mar") == b"2"


def test_a_release_without_candidates_fails(bench: Bench) -> None:
    ran = bench.run("push-to-releases", RELEASE, {MAR: b"x"})
    assert ran.state == "failed: there are no candidates of widget 2.0 to copy"


def test_partners_have_their_folders(bench: Bench) -> None:
    folder = "partner-repacks/acme/acme-de/v1/linux-x86_64/de"
    path = "releng/partner/acme/target.tar.xz"
    item = {"taskId": "UPSTREAM", "taskType": "build", "paths": [path], "locale": folder}
    ran = bench.run("push-to-partner", {**BUILD, "upstreamArtifacts": [item]}, {path: b"x"})
    assert ran.state == "completed"
    assert bench.archive.names() == [f"{CANDIDATES}{folder}/widget-2.0.tar.xz"]
    assert f"{folder}/widget-2.0.tar.xz" in ran.made("public/target.checksums").decode()


def test_records_of_builds_say_where_the_installer_is(bench: Bench) -> None:
    record, installer = "public/build/buildhub.json", "public/build/target.tar.xz"
    said = {
        record: placed(f"{CANDIDATES}buildhub.json"),
        installer: placed(f"{CANDIDATES}widget 2.0.tar.xz"),
    }
    files = {record: b'{"download": {"size": 0}}', installer: b"four"}
    assert bench.push(files, said).state == "completed"
    download = orjson.loads(bench.archive.content(f"{CANDIDATES}buildhub.json"))["download"]
    address = f"https://archive.example/{CANDIDATES}widget%202.0.tar.xz"
    assert download == {"size": 4, "url": address, "date": "1790000000"}


@pytest.mark.parametrize(
    ("destination", "there"),
    [("data/", ["data/de/a.txt", "data/de/b.bin"]), ("data/a", [])],
)
def test_translations_are_found_by_patterns(
    bench: Bench, destination: str, there: list[str]
) -> None:
    files = {"public/build/de/a.txt": b"a", "public/build/de/b.bin": b"b"}
    item = {"taskId": "UPSTREAM", "taskType": "build", "paths": ["public/build/*"]}
    payload = {
        "releaseProperties": {"appName": "Widget"},
        "upstreamArtifacts": [item],
        "artifactMap": [{"taskId": "UPSTREAM", "paths": {"*": {"destinations": [destination]}}}],
    }
    ran = bench.run("upload-translations-artifacts", payload, files)
    assert ran.state == (
        "completed" if there else "failed: `data/a` would be written more than once"
    )
    assert bench.archive.names() == there


def test_data_of_the_payload_is_uploaded(bench: Bench) -> None:
    datum = {"data": "eyJhIjogMX0=", "contentType": "application/json", "destinations": ["a.json"]}
    payload = {"releaseProperties": {"appName": "Widget"}, "dataMap": [datum]}
    assert bench.run("upload-data", payload, {MAR: b"x"}).state == "completed"
    assert bench.archive.content("a.json") == b'{"a": 1}'


def test_libraries_go_where_their_version_is(bench: Bench) -> None:
    path, place = "public/build/a-1.2.3.jar", "maven2/org/example/a/1.2.3/a-1.2.3.jar"
    payload = {"releaseProperties": {"appName": "a"}, **mapped({path: placed(place)})}
    ran = bench.run("push-to-maven", {**payload, "version": "1.2.3"}, {path: b"x"})
    assert ran.state == "completed"
    assert bench.archive.names() == [place]


def test_repositories_of_packages_are_not_here(bench: Bench) -> None:
    scopes = (f"{PREFIX}action:import-from-gcs-to-artifact-registry", f"{PREFIX}apt-repo:dep")
    payload = {"product": "widget", "gcs_sources": ["a.deb"]}
    ran = bench.stage.run("beetmover", payload, *scopes, files={MAR: b"x"})
    assert ran.state.startswith("resource-unavailable: ")


def test_a_bucket_that_the_services_do_not_have_is_refused(bench: Bench) -> None:
    scopes = (f"{PREFIX}action:push-to-releases", f"{PREFIX}bucket:release")
    ran = bench.stage.run("beetmover", RELEASE, *scopes, files={MAR: b"x"})
    assert ran.state == "resource-unavailable: the services have no bucket for `release`"
