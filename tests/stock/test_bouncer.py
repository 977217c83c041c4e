from typing import Any

import pytest

from relpro.errors import RelproError
from tests.stock.chains import run

DOWNLOADS = """\
folder: '/widget/{version}'
platforms:
  linux: {called: linux, folder: linux-x86_64}
  mac: {called: osx, folder: mac}
  arm: {called: arm, folder: arm}
products: [installer, partial]
alias-family: widget-latest
aliases: {ssl: installer, msi: other}
entries:
  installer:
    name: 'widget-{version}'
    ssl-only: true
    paths: {osx: Widget.dmg, linux: '${platform}.tar'}
  other: {name: widget-msi, paths: {osx: Widget.msi}}
  partial: {name: 'widget-${previous}', add-locales: false, paths: {osx: '${previous}.mar'}}
"""
CHANGESETS = "{de: {platforms: [mac]}, fr: {platforms: [linux, mac]}, xx: {platforms: [other]}}"
HISTORY = {"mac": {"de": {"a.mar": {"previousVersion": "0.9", "previousBuildNumber": 2}}}}
KNOWN = {"version": "1.0", "release_history": HISTORY}


def worker(transform: str, section: str) -> dict[str, Any]:
    files = {"downloads.yml": DOWNLOADS}
    (one,) = run(transform, f"a: {{{section}}}", parameters=KNOWN, files=files).tasks
    made: dict[str, Any] = one.definition["worker"]
    return made


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "[installer, partial]\n",
            "[installer, other]\n",
            "`other` is called `widget-1.0`, as `installer` is",
        ),
        ("{osx: Widget.dmg,", "{osx: Widget.dmg, .*x: a,", "`.*x` fits `osx`, as `osx` does"),
        ("ssl: installer", "ssl: instaler", "`instaler` is none of the `entries`"),
    ],
)
def test_a_file_of_products_says_nothing_twice(old: str, new: str, fault: str) -> None:
    assert old in DOWNLOADS
    text = DOWNLOADS.replace(old, new).replace("name: widget-msi", "name: 'widget-{version}'")
    said = "a: {bouncer: {products: downloads.yml}}"
    with pytest.raises(RelproError) as raised:
        run("bouncer", said, parameters=KNOWN, files={"downloads.yml": text})
    assert fault in [one.what for one in raised.value.diagnostics]


def test_the_service_is_told_of_what_is_released() -> None:
    section = f"bouncer: {{products: downloads.yml, changesets: {CHANGESETS}}}"
    made = worker("bouncer", section)
    assert made["locales"] == ["de", "en-US", "fr"]
    assert made["submission-entries"] == {
        "widget-1.0": {
            "options": {"add-locales": True, "ssl-only": True},
            "paths-per-bouncer-platform": {
                "linux": "/widget/1.0/linux-x86_64.tar",
                "osx": "/widget/1.0/Widget.dmg",
            },
        },
        "widget-0.9": {
            "options": {"add-locales": False, "ssl-only": False},
            "paths-per-bouncer-platform": {"osx": "/widget/1.0/0.9.mar"},
        },
    }


def test_names_without_a_version_lead_to_products_of_the_release() -> None:
    assert worker("bouncer_aliases", "bouncer-aliases: {products: downloads.yml}") == {
        "aliases-entries": {"widget-latest-ssl": "widget-1.0"}
    }


def test_the_update_server_is_told_of_the_release_as_a_whole() -> None:
    platforms = "{linux: Linux, mac: Darwin, arm: ARM}"
    section = f"balrog-release: {{changesets: {CHANGESETS}, platforms: {platforms}}}"
    made = worker("balrog_release", section)
    assert made == {"platforms": ["Linux", "Darwin"], "partial-versions": "0.9build2"}
