"""What workers enter into the ledger for services that a rehearsal does not have."""

import io
import zipfile
from typing import Any

import orjson
import pytest
import requests

from relpro.updates.server import UpdateServer
from relpro.workers.downloads import Downloads
from relpro.workers.ledger import Ledger
from tests.scripts.stage import Ran, Stage

RELENG = "project:widgets:releng:"
FILES = {"public/a": b"a"}
PATH = "/widget/releases/2.0/update/linux-x86_64/:lang/widget-2.0.complete.mar"


def ledger(stage: Stage) -> Ledger:
    assert stage.services.ledger is not None
    return Ledger(stage.services.ledger)


def entered(stage: Stage) -> list[tuple[str, str, str]]:
    return [(one.service, one.sort, one.name) for one in ledger(stage).entries()]


def tell(stage: Stage, script: str, action: str, **payload: Any) -> Ran:
    scope = {"bouncer": "bouncer", "shipit": "ship-it"}[script]
    scopes = (f"{RELENG}{scope}:server:staging", f"{RELENG}{scope}:action:{action}")
    return stage.run(script, payload, *scopes, files=FILES)


def submit(stage: Stage, path: str = PATH) -> Ran:
    entry = {
        "options": {"add_locales": True, "ssl_only": True},
        "paths_per_bouncer_platform": {"linux64": path},
    }
    entries = {"Widget-2.0-Complete": entry}
    return tell(stage, "bouncer", "submission", locales=["de"], submission_entries=entries)


def test_download_names_lead_to_files_and_no_name_is_moved(stage: Stage) -> None:
    assert submit(stage).state == "completed"
    assert submit(stage).state == "completed"
    assert "leads elsewhere" in submit(stage, "/widget/other").state
    aliases = {"widget-latest": "Widget-2.0-Complete"}
    assert tell(stage, "bouncer", "aliases", aliases_entries=aliases).state == "completed"
    names = Downloads(ledger(stage), "https://archive.example/")
    with UpdateServer(names.handle) as downloads:
        places = [
            requests.get(
                f"{downloads.address}/?product={name}&os=linux64&lang=de",
                allow_redirects=False,
                timeout=60,
            ).headers.get("Location")
            for name in ("widget-2.0-complete", "widget-latest", "widget-3.0-complete")
        ]
    place = f"https://archive.example/pub{PATH}".replace(":lang", "de")
    assert places == [place, place, None]


def test_an_alias_of_no_product_is_refused(stage: Stage) -> None:
    ran = tell(stage, "bouncer", "aliases", aliases_entries={"widget-latest": "Widget-9.0"})
    assert ran.state == "failed: no product is called `Widget-9.0`"
    assert entered(stage) == []


def test_names_of_every_day_get_the_version_of_today(stage: Stage) -> None:
    path = "/widget/nightly/widget-3.0a1.:lang.tar.xz"
    assert submit(stage, path).state == "completed"
    said = {"bouncer_products": ["Widget-2.0-Complete"], "version": "4.0a1", "product": "widget"}
    assert tell(stage, "bouncer", "locations", **said).state == "completed"
    known = ledger(stage).find("bouncer", "product", "Widget-2.0-Complete")
    assert known is not None
    assert known["paths"] == {"linux64": path.replace("3.0a1", "4.0a1")}


SHIPPED = {"release_name": "Widget-2.0-build1"}


@pytest.mark.parametrize(
    ("action", "payload", "entry"),
    [
        ("mark-as-shipped", SHIPPED, ("release", "Widget-2.0-build1")),
        ("mark-as-merged", {"automation_id": 7}, ("merge", "7")),
        (
            "update-product-channel-version",
            {"product": "widget", "channel": "release", "version": "2.0"},
            ("version", "widget/release"),
        ),
    ],
)
def test_the_service_of_releases_is_told(
    stage: Stage, action: str, payload: dict[str, Any], entry: tuple[str, str]
) -> None:
    assert tell(stage, "shipit", action, **payload).state == "completed"
    assert entered(stage) == [("ship-it", *entry)]


def test_a_release_is_begun_once(stage: Stage) -> None:
    said = {"product": "widget", "branch": "main", "phase": "promote", "version": "2.0"}
    states = [
        tell(stage, "shipit", "create-new-release", **said, cron_revision="abc").state
        for _ in range(2)
    ]
    assert states == ["completed", "failed: there is a release Widget-2.0-build1 already"]


def store(stage: Stage, script: str, name: str, *scopes: str, **payload: Any) -> Ran:
    item = {"taskId": "UPSTREAM", "taskType": "signing", "paths": [name]}
    return stage.run(script, {"upstreamArtifacts": [item], **payload}, *scopes, files={name: b"a"})


@pytest.mark.parametrize(
    ("script", "name", "scope", "payload", "entry"),
    [
        (
            "pushapk",
            "public/a.apk",
            "googleplay:product:widget",
            {"commit": True, "google_play_track": "beta"},
            ("google", "package"),
        ),
        ("pushapk", "public/a.aab", "googleplay:product:widget", {}, ("google", "trial")),
        (
            "pushmsix",
            "public/a.store.msix",
            "microsoftstore:beta",
            {"channel": "beta"},
            ("microsoftstore", "package"),
        ),
        (
            "pushflatpak",
            "public/a.flatpak.tar.xz",
            "flathub:widget:stable",
            {"channel": "stable"},
            ("flathub", "package"),
        ),
    ],
)
def test_stores_are_handed_packages(
    stage: Stage,
    script: str,
    name: str,
    scope: str,
    payload: dict[str, Any],
    entry: tuple[str, str],
) -> None:
    assert store(stage, script, name, f"{RELENG}{scope}", **payload).state == "completed"
    assert entered(stage) == [(*entry, name)]


def pack(version: str, *, more: bytes = b"") -> bytes:
    made = io.BytesIO()
    said = {"langpack_id": "de", "version": version, "name": "Deutsch"}
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("manifest.json", orjson.dumps(said) + more)
    return made.getvalue()


def hand_in(stage: Stage, content: bytes) -> Ran:
    item = {"taskId": "UPSTREAM", "taskType": "build", "paths": ["public/a.xpi"]}
    payload = {"upstreamArtifacts": [item], "channel": "listed"}
    scope = f"{RELENG}addons.example.org:server:staging"
    return stage.run("addons", payload, scope, files={"public/a.xpi": content})


def test_language_packs_come_back_signed_and_a_version_has_one_content(stage: Stage) -> None:
    content = pack("2.0")
    first, again = (hand_in(stage, content) for _ in range(2))
    assert first.names() == ["public/build/de/target.langpack.xpi"]
    signed = [one.made("public/build/de/target.langpack.xpi") for one in (first, again)]
    assert signed[0] == signed[1]
    with zipfile.ZipFile(io.BytesIO(signed[0])) as archive:
        assert "META-INF/SIGNATURE.RSA" in archive.namelist()
    assert (
        hand_in(stage, pack("2.0", more=b" ")).state == "failed: de 2.0 is there with other content"
    )
    assert entered(stage) == [("addons", "version", "de 2.0")]
