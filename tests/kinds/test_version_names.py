"""Names made of versions, as today's trees and services have them.

`make golden` and `make docs` write nothing here. Sources: the tags of mozilla-firefox/firefox
(`FIREFOX_153_2_0esr_RELEASE`, `FIREFOX-ANDROID_154_0_1_RELEASE`); gecko, bouncer_submission.py
(craft_bouncer_product_name), whats_new_page.yml and balrog_toplevel.py, update_verify_config.py;
archive.mozilla.org for folders and files; Ship-it for names of releases.
"""

import re

import pytest

from tests.docs.version_names import RELEASES, Release, names_of, texts_of

TITLES = {release.title: release for release in RELEASES}


FENIX = "pub/fenix/candidates/153.0b3-candidates/build1/android"
ASKED = "?oldversion=%OLD_VERSION%&utm_medium=firefox-desktop&utm_source=update&utm_campaign="
RIGHT: dict[str, list[str]] = {
    "92.0.1": [
        "FIREFOX_92_0_1_BUILD1",
        "FIREFOX_92_0_1_RELEASE",
        "92.0.1-candidates",
        "Firefox-92.0.1-build1",
        "92.0build1",
        "Firefox-92.0.1-SSL",
        "Firefox-92.0.1-Complete",
        "Firefox-92.0.1-Partial-92.0",
        "firefox-92.0-92.0.1.partial.mar",
        "firefox-92.0.1.tar.bz2",
        "Firefox 92.0.1.dmg",
        "Firefox Setup 92.0.1.exe",
        "firefox-92.0.1.source.tar.xz",
        "https://www.mozilla.org/%LOCALE%/firefox/92.0.1/releasenotes/",
        "https://www.mozilla.org/%LOCALE%/firefox/92.0.1/whatsnew/?oldversion=%OLD_VERSION%",
        "<92.0",
    ],
    "140.0": [
        "FIREFOX_140_0_BUILD1",
        "FIREFOX_140_0_RELEASE",
        "140.0-candidates",
        "Firefox-140.0-build1",
        "139.0.4build1",
        "Firefox-140.0-langpack-SSL",
        "Firefox-140.0-Partial-139.0.4",
        "firefox-140.0.tar.xz",
        "<140.0",
    ],
    "140.0.4": ["FIREFOX_140_0_4_BUILD1", "FIREFOX_140_0_4_RELEASE", "140.0.4-candidates"],
    "140.0.4, build 12": [
        "FIREFOX_140_0_4_BUILD12",
        "FIREFOX_140_0_4_RELEASE",
        "Firefox-140.0.4-build12",
        "[mozilla-release] Firefox 140.0.4 build12 is in candidates",
        "pub/firefox/candidates/140.0.4-candidates/build12/SHA256SUMS",
    ],
    "153.0b3": [
        "FIREFOX_153_0b3_BUILD1",
        "FIREFOX_153_0b3_RELEASE",
        "153.0b3-candidates",
        "Firefox-153.0b3-build1",
        "153.0b2build1",
        "Firefox-153.0b3-SSL",
        "Firefox-153.0b3-Partial-153.0b2",
        "Firefox Setup 153.0b3.exe",
        "--to-version 153.0b3",
        "--to-app-version 153.0",
        "https://www.firefox.com/%LOCALE%/firefox/153.0/releasenotes/",
        f"https://www.firefox.com/%LOCALE%/whatsnew/153.0beta/{ASKED}153.0beta",
        "<153.0",
    ],
    "153.0b12 (devedition)": [
        "DEVEDITION_153_0b12_BUILD1",
        "DEVEDITION_153_0b12_RELEASE",
        "Devedition-153.0b12-build1",
        "Devedition-153.0b12-SSL",
        "Devedition-153.0b12-stub",
        "/devedition/releases/153.0b12/win32/:lang/Firefox%20Installer.exe",
        "/devedition/releases/153.0b12/mac/:lang/Firefox%20153.0b12.dmg",
        "firefox-153.0b12.tar.xz",
        "https://www.firefox.com/%LOCALE%/firefox/153.0/releasenotes/",
        f"https://www.firefox.com/%LOCALE%/whatsnew/153.0a2/{ASKED}153.0a2",
    ],
    "140.13.0esr": [
        "FIREFOX_140_13_0esr_BUILD1",
        "FIREFOX_140_13_0esr_RELEASE",
        "140.13.0esr-candidates",
        "Firefox-140.13.0esr-build1",
        "140.12.0esrbuild1",
        "Firefox-140.13.0esr-SSL",
        "Firefox-140.13.0esr-Partial-140.12.0esr",
        "firefox-140.12.0esr-140.13.0esr.partial.mar",
        "Firefox Setup 140.13.0esr.msi",
        "--to-version 140.13.0esr",
        "--to-app-version 140.13.0",
        "https://www.mozilla.org/%LOCALE%/firefox/140.13.0/releasenotes/",
    ],
    "153.0b3 (Android)": [
        "FIREFOX-ANDROID_153_0b3_RELEASE",
        "Firefox-android-153.0b3-build1",
        f"{FENIX}/fenix-153.0b3-android-arm64-v8a/fenix-153.0b3.multi.android-arm64-v8a.apk",
        "browser-engine-gecko-153.0b3.aar",
        "153.0.20250615150640",
    ],
    "154.0a1": ["154.0.20250615150640"],
}


@pytest.mark.parametrize("title", TITLES)
def test_names_are_those_of_trees_and_services(title: str) -> None:
    release = TITLES[title]
    made = {name for name, _ in names_of(release).values()} | texts_of(release)
    assert [name for name in RIGHT[title] if name not in made] == []


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.title)
def test_the_letters_of_a_version_are_never_changed(release: Release) -> None:
    forms = {release.version, release.version.replace(".", "_")}
    changed = re.compile("|".join(map(re.escape, forms)), re.IGNORECASE)
    found = {match for text in texts_of(release) for match in changed.findall(text)}
    assert found <= forms


def test_no_one_is_shown_what_is_new_in_an_esr() -> None:
    assert not [text for text in texts_of(TITLES["140.13.0esr"]) if "whatsnew" in text]
    assert [text for text in texts_of(TITLES["140.0"]) if "whatsnew" in text]
