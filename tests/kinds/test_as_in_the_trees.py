"""What users, people and services get of a release is what the trees of the products say.

Values are those of Gecko's own trees (esr140 and of summer 2026), each beside the file that it is
from. Golden graphs have them as well, and would be written anew with whatever is wrong.
"""

from typing import Any

import pytest

from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.pipeline import Pipeline
from tests.kinds.conftest import Release

#: Alias -> what it leads to. Source: taskcluster/kinds/release-bouncer-aliases/kind.yml.
_SAME = {"latest-ssl": "-SSL", "latest": "", "msi-latest-ssl": "-msi-SSL"}
_DEVEDITION = {**_SAME, "stub": "-stub", "msix-latest-ssl": "-msix-SSL"}
_ESR = {
    **_SAME,
    "msix-latest-ssl": "-msix-SSL",
    "pkg-latest-ssl": "-pkg-SSL",
    "langpack-latest-ssl": "-langpack-SSL",
}
_RELEASE = {**_ESR, "stub": "-stub"}
ALIASES = {
    ("devedition", "beta"): ("firefox-devedition", "Devedition-141.0b2", _DEVEDITION),
    ("firefox", "beta"): ("firefox-beta", "Firefox-141.0b2", _RELEASE),
    ("firefox", "release"): ("firefox", "Firefox-140.0.1", _RELEASE),
    ("firefox", "esr"): ("firefox-esr", "Firefox-140.1.0esr", _ESR),
    ("firefox", "next-esr"): ("firefox-esr-next", "Firefox-153.3.0esr", _ESR),
}

#: End of an entry's name -> platform -> its file. Source: CONFIG_PER_BOUNCER_PRODUCT of
#: taskcluster/gecko_taskgraph/transforms/bouncer_submission.py.
_WINDOWS = ("win", "win32"), ("win64", "win64"), ("win64-aarch64", "win64-aarch64")
LOCATIONS = {
    "-Complete": {
        "linux64": "update/linux-x86_64/:lang/firefox-140.0.1.complete.mar",
        "osx": "update/mac/:lang/firefox-140.0.1.complete.mar",
        **{name: f"update/{at}/:lang/firefox-140.0.1.complete.mar" for name, at in _WINDOWS},
        "linux64-aarch64": "update/linux-aarch64/:lang/firefox-140.0.1.complete.mar",
    },
    "": {
        "linux64": "linux-x86_64/:lang/firefox-140.0.1.tar.xz",
        "linux64-aarch64": "linux-aarch64/:lang/firefox-140.0.1.tar.xz",
        "osx": "mac/:lang/Firefox%20140.0.1.dmg",
        **{name: f"{at}/:lang/Firefox%20Setup%20140.0.1.exe" for name, at in _WINDOWS},
    },
    "-stub": {name: "win32/:lang/Firefox%20Installer.exe" for name, _ in _WINDOWS},
    "-msi-SSL": {name: f"{at}/:lang/Firefox%20Setup%20140.0.1.msi" for name, at in _WINDOWS[:2]},
    "-msix-SSL": {name: f"{at}/multi/Firefox%20Setup%20140.0.1.msix" for name, at in _WINDOWS},
    "-pkg-SSL": {"osx": "mac/:lang/Firefox%20140.0.1.pkg"},
}

#: Kind -> address, and the kinds after which it is due. Source: taskcluster/kinds/<kind>/kind.yml.
_DRIVERS = "release-signoff@mozilla.org"
NOTICES = {
    (Phase.PROMOTE, "release-notify-promote"): (
        _DRIVERS,
        {"post-beetmover-dummy", "release-generate-checksums-beetmover", "release-bouncer-sub"},
    ),
    (Phase.PUSH, "release-notify-push"): (_DRIVERS, {"release-beetmover-push-to-release"}),
    (Phase.PUSH, "release-notify-av-announce"): (
        "av-vendor-release-announce@mozilla.org",
        {"post-beetmover-dummy"},
    ),
    (Phase.SHIP, "release-notify-ship"): (
        _DRIVERS,
        {
            "release-balrog-scheduling",
            "release-bouncer-aliases",
            "release-version-bump",
            "release-mark-as-shipped",
        },
    ),
}

#: Kind -> its symbol and kind in Treeherder, or nothing. Source: taskcluster/kinds/<kind>/kind.yml.
SHOWN = {
    "release-bouncer-sub": ("Rel(BncSub)", "test"),
    "release-bouncer-check": ("Rel(BncChk)", "test"),
    "release-bouncer-aliases": ("Rel(BncAlias)", "test"),
    "release-mark-as-shipped": None,
    **{kind: None for _, kind in NOTICES},
}


def task(pipeline: Pipeline, label: str) -> Task:
    return next(one for one in pipeline.full if one.label == label)


def payload(pipeline: Pipeline, label: str) -> Any:
    return task(pipeline, label).definition["payload"]


@pytest.mark.parametrize(("product", "name"), ALIASES)
def test_links_without_a_version_lead_where_the_tree_lets_them(
    release: Release, product: str, name: str
) -> None:
    family, version, aliases = ALIASES[product, name]
    label = f"release-bouncer-aliases-{product}"
    said = payload(release(name, Phase.SHIP, product), label)["aliases_entries"]
    assert said == {f"{family}-{alias}": f"{version}{end}" for alias, end in aliases.items()}


def test_files_are_entered_where_the_tree_has_them(release: Release) -> None:
    entries = payload(release("release"), "release-bouncer-sub-firefox")["submission_entries"]
    found = {name: said["paths_per_bouncer_platform"] for name, said in entries.items()}
    for end, places in {**LOCATIONS, "-SSL": LOCATIONS[""]}.items():
        wanted = {name: f"/firefox/releases/140.0.1/{file}" for name, file in places.items()}
        assert found.pop(f"Firefox-140.0.1{end}") == wanted
    # Ours are of one folder, to which they are uploaded.
    assert {*found} == {"Firefox-140.0.1-langpack-SSL"}


@pytest.mark.parametrize(("phase", "kind"), NOTICES)
def test_people_are_told_when_the_tree_tells_them(
    release: Release, phase: Phase, kind: str
) -> None:
    address, after = NOTICES[phase, kind]
    pipeline = release("release", phase)
    notice = task(pipeline, f"{kind}-firefox")
    assert notice.phase is phase
    assert notice.definition["routes"] == [f"notify.email.{address}.on-completed"]
    kinds = {task(pipeline, label).kind for label in notice.dependencies.values()}
    assert {kind for kind in kinds if kind != "signoff"} == after


def test_makers_of_virus_scanners_are_told_where_the_files_are(release: Release) -> None:
    notice = task(release("release", Phase.PUSH), "release-notify-av-announce-firefox")
    folder = "https://releases.mozilla.org/pub/firefox/candidates/140.0.1-candidates/build1/"
    assert folder in str(notice.definition["extra"]["notify"])


@pytest.mark.parametrize("kind", SHOWN)
def test_release_tasks_are_shown_as_the_tree_shows_them(release: Release, kind: str) -> None:
    definition = task(release("release", Phase.SHIP), f"{kind}-firefox").definition
    routes = [one for one in definition["routes"] if one.startswith("tc-treeherder")]
    shown = definition["extra"].get("treeherder")
    wanted = SHOWN[kind]
    assert bool(routes) == bool(shown) == bool(wanted)
    if wanted and shown:
        assert (f"{shown['groupSymbol']}({shown['symbol']})", shown["jobKind"]) == wanted


def test_the_check_of_downloads_is_found_by_its_name(release: Release) -> None:
    """Source: kinds/release-bouncer-check, and routes of type `generic` in transforms/task.py."""
    routes = task(release("release", Phase.PUSH), "release-bouncer-check-firefox").definition[
        "routes"
    ]
    indexed = [one.removeprefix("index.gecko.v2.mozilla-release.") for one in routes]
    name = "firefox.firefox-release-bouncer-check"
    revision = "a" * 40
    assert [one for one in indexed if not one.startswith("tc-")] == [
        f"latest.{name}",
        f"pushdate.2025.06.15.20250615150640.{name}",
        f"pushdate.2025.06.15.latest.{name}",
        f"pushlog-id.0.{name}",
        f"revision.{revision}.{name}",
    ]
