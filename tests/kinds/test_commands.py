"""What tasks run is what the trees of the products have: programs, options, and their environment.

Each is that of Gecko's tree of its time, read in taskcluster/{ci,kinds}/<kind>/kind.yml and in
gecko_taskgraph/transforms, of 2021 for the release of that year and of 2025-26 for those of today.
"""

import json
from typing import Any

import pytest

from relpro.model.phase import Phase
from relpro.pipeline import Pipeline
from tests.kinds.conftest import Release

CHECKOUT = "/builds/worker/checkouts/gecko"


def payload(pipeline: Pipeline, label: str) -> Any:
    return next(one for one in pipeline.full if one.label == label).definition["payload"]


def test_links_of_a_release_are_checked_by_the_script_of_the_tree(release: Release) -> None:
    found = payload(release("updated", Phase.PUSH), "release-bouncer-check-firefox")
    *around, line = found["command"]
    assert around == [
        "/builds/worker/bin/run-task",
        f"--gecko-checkout={CHECKOUT}",
        "--gecko-sparse-profile=build/sparse-profiles/mozharness",
        f"--task-cwd={CHECKOUT}",
        "--",
        "bash",
        "-cx",
    ]
    assert line == (
        "./mach python testing/mozharness/scripts/release/bouncer_check.py"
        " --previous-version=139.0.4 --config releases/bouncer_firefox_release.py"
        " --version=140.0.1"
    )
    assert json.loads(found["env"]["EXTRA_MOZHARNESS_CONFIG"]) == {
        "bouncer_prefix": "https://download.mozilla.org/"
    }
    assert found["maxRunTime"] == 1200


@pytest.mark.parametrize(
    ("name", "config"),
    [("beta", "firefox_beta"), ("esr", "firefox_esr"), ("next-esr", "firefox_esr")],
)
def test_links_are_checked_by_the_list_of_the_channel(
    release: Release, name: str, config: str
) -> None:
    line = payload(release(name, Phase.PUSH), "release-bouncer-check-firefox")["command"][-1]
    assert f" --config releases/bouncer_{config}.py " in line


def test_the_tree_of_today_has_a_run_task_for_each_kind_of_repository(release: Release) -> None:
    found = payload(release("next-esr", Phase.PUSH), "release-bouncer-check-firefox")
    assert found["command"][0] == "/builds/worker/bin/run-task-hg"
    assert json.loads(found["env"]["REPOSITORIES"]) == {"gecko": "firefox"}
    assert found["env"]["MOZ_SOURCE_REPO"] == "https://hg.example.com/browser"


def test_updates_are_tested_by_scripts_that_the_image_has_today(release: Release) -> None:
    before = payload(release("release"), "release-update-verify-firefox-linux64-1/16")
    assert before["command"][-1] == (
        "tools/update-verify/scripts/chunked-verify.sh --total-chunks=16 --this-chunk=1"
    )
    assert before["env"]["GECKO_PATH"] == CHECKOUT
    today = payload(release("next-esr"), "release-update-verify-firefox-linux64-1/16")
    assert today["command"][1:] == [
        "--",
        "bash",
        "-cx",
        "/builds/worker/tools/scripts/chunked-verify.sh --total-chunks=16 --this-chunk=1",
    ]
    assert today["artifacts"]["public/build/diff-summary.log"]["path"].startswith(
        today["env"]["WORKSPACE_DIR"]
    )


def test_checksums_are_collected_by_mozharness(release: Release) -> None:
    found = payload(release("release"), "release-generate-checksums-firefox")
    assert found["command"][-1] == "${GECKO_PATH}/taskcluster/scripts/builder/build-linux.sh"
    assert found["env"]["MOZHARNESS_SCRIPT"] == "mozharness/scripts/release/generate-checksums.py"
    assert found["env"]["MOZHARNESS_OPTIONS"] == "version=140.0.1 build-number=1"
    assert json.loads(found["env"]["EXTRA_MOZHARNESS_CONFIG"]) == {
        "bucket_name": "moz-fx-productdelivery-pr-38b5-productdelivery",
        "objdir": "obj-build",
        "stage_product": "firefox",
    }
    assert found["onExitStatus"] == {"retry": [4, 72], "purgeCaches": [72]}
    assert found["artifacts"]["public/build/SHA256SUMS"]["path"] == "/builds/worker/SHA256SUMS"


def recipes(pipeline: Pipeline, label: str) -> Any:
    """What the script is told to make."""
    env = payload(pipeline, label)["env"]
    return json.loads(env["EXTRA_MOZHARNESS_CONFIG"])["repackage_config"]


def fetched(pipeline: Pipeline, label: str) -> set[str]:
    """The names of what a task fetches."""
    said = payload(pipeline, label)["env"]["MOZ_FETCHES"]["task-reference"]
    return {one["artifact"].removeprefix("public/build/") for one in json.loads(said)}


def test_packages_are_made_by_the_repackage_script(release: Release) -> None:
    made = release("release")
    label = "repackage-l10n-de-win32-shippable/opt"
    found = payload(made, label)
    assert found["command"][-1] == "${GECKO_PATH}/taskcluster/scripts/builder/repackage.sh"
    assert found["env"]["MOZHARNESS_SCRIPT"] == "mozharness/scripts/repackage.py"
    assert found["env"]["MOZHARNESS_ACTIONS"] == "setup repackage"
    assert found["env"]["MOZHARNESS_CONFIG"] == (
        "repackage/base.py repackage/win32_sfx_stub.py repackage/win32_signed.py"
    )
    assert found["env"]["LOCALE"] == "de"
    mar, installer, _stub = recipes(made, label)
    assert mar == {
        "args": ["mar", "--arch", "x86", "--mar-channel-id", "firefox-mozilla-release"],
        "inputs": {"input": "target.zip", "mar": "mar-tools/mar"},
        "output": "target.complete.mar",
    }
    assert installer["args"][-3:] == ["--sfx-stub", "{sfx-stub}", "--use-upx"]
    assert found["artifacts"]["public/build/de/target.installer.exe"]["path"] == (
        "/builds/worker/workspace/outputs/de/target.installer.exe"
    )
    assert fetched(made, label) == {
        "de/target.zip",
        "de/setup.exe",
        "de/setup-stub.exe",
        "7zz.tar.zst",
        "mar-tools.tar.zst",
        "upx.tar.zst",
        "zucchini.tar.xz",
    }


def test_only_disk_images_that_are_attributed_have_room_for_it(release: Release) -> None:
    label = "repackage-macosx64-shippable/opt"
    new = recipes(release("release"), label)[0]["args"]
    assert new[-2:] == ["--attribution_sentinel", "__MOZCUSTOM__"]
    assert recipes(release("release", version="99.0.1"), label)[0]["args"] == ["dmg"]


def test_installers_for_processors_without_upx_are_made_without_it(release: Release) -> None:
    for one in recipes(release("release"), "repackage-win64-aarch64-shippable/opt"):
        assert "--use-upx" not in one["args"]


def test_msi_packages_are_made_on_windows_by_wix(release: Release) -> None:
    made = release("release")
    label = "repackage-msi-de-win64-shippable/opt"
    (line,) = payload(made, label)["command"]
    assert line.endswith("--config repackage/win64_signed.py --setup --repackage")
    assert fetched(made, label) == {"de/target.installer.exe", "public/wix314-binaries.zip"}


def test_packages_for_distributions_are_made_as_root_in_their_images(release: Release) -> None:
    made = release("release")
    for label in (
        "repackage-deb-linux64-shippable/opt",
        "repackage-deb-l10n-de-linux64-shippable/opt",
    ):
        found = payload(made, label)
        assert {"--user=root", "--group=root"} < set(found["command"])
        assert "cache" not in found
    words = recipes(made, "repackage-deb-linux64-shippable/opt")[0]["args"]
    assert words[words.index("--version") :] == [
        *("--version", "140.0.1", "--build-number", "1"),
        *("--product", "firefox", "--release-type", "release"),
    ]
    assert fetched(made, "repackage-deb-l10n-de-linux64-shippable/opt") == {
        "de/target.langpack.xpi",
        "de/target.tar.xz",
    }


def test_packages_of_all_languages_fetch_every_language_pack(release: Release) -> None:
    made = release("release")
    for label in (
        "repackage-shippable-l10n-msix-win64-shippable/opt",
        "repackage-flatpak-linux64-shippable/opt",
    ):
        packs = {name for name in fetched(made, label) if name.endswith(".langpack.xpi")}
        assert packs == {f"{locale}/target.langpack.xpi" for locale in ("de", "fr", "ja")}


def test_symbols_and_sources_are_uploaded_by_scripts_of_the_tree(release: Release) -> None:
    made = release("release", Phase.BUILD)
    label = "build-linux64-shippable/opt-upload-symbols"
    line = payload(made, label)["command"][-1]["artifact-reference"]
    assert line == (
        "./mach python toolkit/crashreporter/tools/upload_symbols.py"
        " <build/public/build/target.crashreporter-symbols-full.tar.zst>"
    )
    assert "makecab.tar.zst" in fetched(made, label)


def test_the_source_archive_is_packed_by_mozharness(release: Release) -> None:
    found = payload(release("release"), "release-source-firefox-source/opt")
    assert found["env"]["MOZHARNESS_ACTIONS"] == "package-source"
    assert found["env"]["TOOLTOOL_CACHE"] == "/builds/worker/tooltool-cache"
    assert "public/build" in found["artifacts"]


def test_locales_are_repacked_by_mozharness(release: Release) -> None:
    label = "shippable-l10n-win32-shippable-1/opt"
    env = payload(release("release"), label)["env"]
    assert env["MOZHARNESS_SCRIPT"] == "mozharness/scripts/desktop_l10n.py"
    assert env["JOB_SCRIPT"] == "taskcluster/scripts/builder/build-l10n.sh"
    assert env["MOZHARNESS_CONFIG"].split() == [
        "single_locale/firefox.py",
        "single_locale/win32.py",
        "single_locale/tc_common.py",
        "single_locale/tc_win32.py",
        "taskcluster_nightly.py",
    ]
    first, *_ = env["MOZHARNESS_OPTIONS"].split()
    assert first == f"locale=de:{0:040x}"
    assert env["USE_STUB_INSTALLER"] == "1"
    assert env["MOZ_ARTIFACT_TASK"] == {"task-reference": "<build-signing>"}
    before = payload(release("release", version="99.0.1"), label)["env"]
    assert before["EN_US_PACKAGE_NAME"] == "target.zip"
    assert before["EN_US_BINARY_URL"] == {"artifact-reference": "<build-signing/public/build>"}


def test_installers_are_attributed_by_the_script_of_the_tree(release: Release) -> None:
    words = payload(release("release"), "attribution-win64-shippable/opt")["command"]
    assert words[words.index("--") + 1 :] == [
        *("./mach", "python", "python/mozrelease/mozrelease/attribute_builds.py"),
        *("--attribution", "dlsource=mozillaci", "--output", "/builds/worker/artifacts"),
        *("--input", "/builds/worker/fetches/target.installer.exe"),
    ]


def test_disk_images_are_attributed_in_the_room_that_they_have(release: Release) -> None:
    line = payload(release("release"), "attribution-macosx64-shippable/opt")["command"][-1]
    made, attributed = line.split(" && ")
    assert made == "mkdir -p /builds/worker/artifacts"
    program, verb, *files, mark, code = attributed.split(" ")
    assert (program, verb, mark) == ("/builds/worker/fetches/dmg/dmg", "attribute", "__MOZCUSTOM__")
    assert [file.rpartition("/")[2] for file in files] == ["target.dmg", "target.dmg"]
    assert code.strip("'").rstrip("\t") == "__MOZCUSTOM__dlsource%3Dmozillaci"
    assert len(code.strip("'")) == 1010
