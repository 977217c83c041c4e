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
