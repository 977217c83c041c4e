"""What a balrog worker tells an update server, by what the server then offers to clients."""

from collections.abc import Iterator
from typing import Any

import attrs
import orjson
import pytest
import requests

from relpro.updates.server import UpdateServer
from relpro.updates.service import Service
from relpro.updates.store import Store
from tests.scripts.stage import Ran, Stage

PREFIX = "project:widgets:releng:balrog:"
SERVER = f"{PREFIX}server:dep"
MANIFEST = "public/manifest.json"
TOPLEVEL = {
    "behavior": "submit-toplevel",
    "product": "widget",
    "version": "2.0",
    "app_version": "2.0",
    "build_number": 1,
    "archive_domain": "archive.example",
    "download_domain": "download.example",
    "channel_names": ["release", "release-localtest"],
    "partial_versions": "1.0build1",
    "platforms": ["linux64"],
    "require_mirrors": True,
    "rules_to_update": ["widget-localtest"],
}
SCHEDULE = {
    "behavior": "schedule",
    "product": "widget",
    "version": "2.0",
    "build_number": 1,
    "publish_rules": [2],
    "release_eta": "",
    "background_rate": 25,
}


def entry(version: str, build_id: str, **more: Any) -> dict[str, Any]:
    """What a manifest says of the German locale for Linux."""
    about = {"appName": "Widget", "appVersion": version, "extVersion": version, "version": version}
    build = {"buildid": build_id, "build_number": 1, "tc_release": True, "branch": "release"}
    place = {"platform": "linux64", "locale": "de", "hashType": "sha512"}
    info = [{"hash": "a" * 128, "size": 100, "url": "https://archive.example/x"}]
    return {**about, **build, **place, "completeInfo": info, **more}


@attrs.frozen
class Bench:
    """A stage with an update server that has two rules: for tests, and for everybody."""

    stage: Stage
    address: str
    service: Service

    def run(self, payload: dict[str, Any], manifest: Any = None, **more: Any) -> Ran:
        files = {MANIFEST: orjson.dumps(manifest)}
        return self.stage.run("balrog", payload, SERVER, files=files, **more)

    def submit_locale(self, *entries: dict[str, Any], behavior: str = "submit-locale") -> Ran:
        item = {"taskId": "UPSTREAM", "taskType": "beetmover", "paths": [MANIFEST]}
        return self.run({"behavior": behavior, "upstreamArtifacts": [item]}, entries)

    def call(self, verb: str, path: str, **body: Any) -> Any:
        who = {"Authorization": "Bearer somebody"}
        reply = requests.request(
            verb, f"{self.address}/api{path}", json=body, headers=who, timeout=30
        )
        assert reply.ok, reply.text
        return reply.json()

    def update(self, channel: str, version: str = "1.0", build: str = "20260101000000") -> str:
        client = (
            f"Widget/{version}/{build}/Linux_x86_64-gcc3/de/{channel}/Linux/SSE3/default/default"
        )
        address = f"{self.address}/update/6/{client}/update.xml"
        return requests.get(address, params={"force": "1"}, timeout=60).text


@pytest.fixture
def bench(stage: Stage) -> Iterator[Bench]:
    store = Store(":memory:")
    service = Service(store)
    with UpdateServer(service.handle) as server:
        services = attrs.evolve(stage.services, update_servers={"dep": server.address})
        made = Bench(attrs.evolve(stage, services=services), server.address, service)
        rule = {"priority": 10, "backgroundRate": 100, "update_type": "minor", "product": "Widget"}
        made.call("POST", "/releases", **_old())
        for channel, alias in (("release-localtest", "widget-localtest"), ("release", "widget")):
            named = {"alias": alias, "channel": channel, "mapping": "Widget-1.0-build1"}
            made.call("POST", "/rules", **rule, **named)
        yield made
    store.close()


def _old() -> dict[str, Any]:
    blob = {"name": "Widget-1.0-build1", "schema_version": 9, "hashFunction": "sha512"}
    build = {"buildID": "20260101000000", "appVersion": "1.0", "displayVersion": "1.0"}
    linux = {"OS_BOUNCER": "linux64", "OS_FTP": "linux-x86_64", "locales": {"de": build}}
    whole = {**blob, "platforms": {"Linux_x86_64-gcc3": linux}}
    return {"name": blob["name"], "product": "Widget", "blob": orjson.dumps(whole).decode()}


NEW = "20260301100000"
PARTIAL = {
    "hash": "b" * 128,
    "size": 10,
    "url": "https://archive.example/y",
    "from_buildid": "20260101000000",
    "previousVersion": "1.0",
    "previousBuildNumber": 1,
}


@pytest.mark.parametrize("newer", ["", "v2-"])
def test_a_release_that_is_submitted_is_offered_to_those_who_test_it(
    bench: Bench, newer: str
) -> None:
    assert bench.run({**TOPLEVEL, "behavior": f"{newer}submit-toplevel"}).state == "completed"
    said = entry("2.0", NEW, partialInfo=[PARTIAL])
    assert bench.submit_locale(said, behavior=f"{newer}submit-locale").state == "completed"
    folder = "https://archive.example/pub/widget/candidates/2.0-candidates/build1/update"
    found = bench.update("release-localtest")
    assert f'URL="{folder}/linux-x86_64/de/widget-2.0.complete.mar"' in found
    assert f'URL="{folder}/linux-x86_64/de/widget-1.0-2.0.partial.mar"' in found
    assert f'hashValue="{"a" * 128}" size="100"' in found
    assert "<patch" not in bench.update("release")


def test_submitting_again_changes_nothing(bench: Bench) -> None:
    said = entry("2.0", NEW)
    for _ in range(2):
        assert bench.run(TOPLEVEL).state == "completed"
        assert bench.submit_locale(said).state == "completed"
    assert "widget-2.0.complete.mar" in bench.update("release-localtest")


def test_a_scheduled_release_ships_when_it_is_due_and_keeps_what_everybody_had(
    bench: Bench,
) -> None:
    assert bench.run(TOPLEVEL).state == "completed"
    assert bench.submit_locale(entry("2.0", NEW)).state == "completed"
    assert bench.run(SCHEDULE).state == "completed"
    (change,) = bench.call("GET", "/scheduled_changes/rules")["scheduled_changes"]
    about = ("mapping", "fallbackMapping", "backgroundRate")
    assert [change[key] for key in about] == ["Widget-2.0-build1", "Widget-1.0-build1", 25]
    assert "<patch" not in bench.update("release")
    bench.call("POST", f"/scheduled_changes/rules/{change['sc_id']}/enact")
    assert "product=widget-2.0-complete&amp;os=linux64&amp;lang=de" in bench.update("release")


def test_pins_lead_to_the_release(bench: Bench) -> None:
    assert bench.run({**TOPLEVEL, "pin_channels": ["release"]}).state == "completed"
    for version in ("2.", "2.0."):
        assert (
            bench.call("GET", f"/pins/Widget/release/{version}")["mapping"] == "Widget-2.0-build1"
        )


def test_a_release_that_is_read_only_takes_no_more_locales(bench: Bench) -> None:
    assert bench.run(TOPLEVEL).state == "completed"
    release = {"product": "widget", "version": "2.0", "build_number": 1}
    assert bench.run({"behavior": "set-readonly", **release}).state == "completed"
    ran = bench.submit_locale(entry("2.0", NEW))
    assert ran.state.startswith("failed: the update server refuses")
    assert "read only" in ran.state


def test_nightly_builds_have_a_release_of_their_own_and_the_latest(bench: Bench) -> None:
    said = entry("2.0a1", NEW, tc_nightly=True, branch="main")
    del said["tc_release"]
    assert bench.submit_locale(said).state == "completed"
    for identifier in (NEW, "latest"):
        blob = bench.call("GET", f"/releases/Widget-main-nightly-{identifier}")
        (patch,) = blob["platforms"]["Linux_x86_64-gcc3"]["locales"]["de"]["completes"]
        assert patch["fileUrl"] == "https://archive.example/x"


def test_a_rule_that_is_not_there_fails_the_task(bench: Bench) -> None:
    ran = bench.run({**SCHEDULE, "publish_rules": [7]})
    assert ran.state == "failed: the update server has no `/rules/7`"


def test_a_server_that_the_services_do_not_have_is_refused(bench: Bench) -> None:
    ran = bench.stage.run("balrog", SCHEDULE, f"{PREFIX}server:release", files={MANIFEST: b"x"})
    assert ran.state == "resource-unavailable: the services have no update server `release`"
