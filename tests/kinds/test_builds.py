"""What builds, and the tools that they are made with, run: as in Gecko's tree of their time.

Read in taskcluster/kinds of autumn 2026, and of 2021 as far as it is kept (docs/decisions/0032).
"""

import json
from typing import Any

import pytest

from relpro.model.phase import Phase
from relpro.pipeline import Pipeline
from tests.kinds.conftest import Release
from tests.kinds.test_commands import CHECKOUT, fetched, payload

#: A script in the checkout of a toolchain.
SOURCE = "/builds/worker/workspace/build/src"


@pytest.fixture(scope="module")
def push(release: Release) -> Pipeline:
    return release("release", Phase.BUILD)


def scopes(pipeline: Pipeline, label: str) -> set[str]:
    found: Any = next(one for one in pipeline.full if one.label == label).definition["scopes"]
    return set(found)


def test_builds_are_made_by_mozharness_with_their_profile(push: Pipeline) -> None:
    label = "build-linux64-shippable/opt"
    found = payload(push, label)
    assert found["command"] == [
        "/builds/worker/bin/run-task",
        f"--gecko-checkout={CHECKOUT}",
        "--",
        "bash",
        "-cx",
        "${GECKO_PATH}/taskcluster/scripts/builder/build-linux.sh",
    ]
    env = found["env"]
    assert env["MOZHARNESS_SCRIPT"] == "mozharness/scripts/fx_desktop_build.py"
    assert env["MOZHARNESS_ACTIONS"] == "get-secrets build"
    assert env["MOZHARNESS_CONFIG"].split() == [
        "builds/releng_base_firefox.py",
        "builds/releng_base_linux_64_builds.py",
        "taskcluster_nightly.py",
    ]
    assert json.loads(env["EXTRA_MOZHARNESS_CONFIG"]) == {
        "max_build_output_timeout": 3600,
        "mozconfig_variant": "release",
        "objdir": "obj-build",
        "update_channel": "release",
    }
    assert env["TASKCLUSTER_PGO_PROFILE_USE"] == "1"
    assert found["onExitStatus"] == {"purgeCaches": [72], "retry": [4, 72]}
    assert {"profdata.tar.xz", "clang.tar.zst", "rustc.tar.zst"} < fetched(push, label)
    assert {
        "secrets:get:project/releng/gecko/build/level-3/*",
        "secrets:get:project/taskcluster/gecko/hgfingerprint",
    } < scopes(push, label)


def test_compilers_that_are_nobodys_to_publish_need_a_scope(push: Pipeline) -> None:
    for platform in ("win32", "win64", "win64-aarch64"):
        found = scopes(push, f"build-{platform}-shippable/opt")
        assert "queue:get-artifact:project/gecko/vs/vs.tar.zst" in found


def test_builds_for_two_processors_are_united(push: Pipeline) -> None:
    label = "build-macosx64-shippable/opt"
    env = payload(push, label)["env"]
    assert env["JOB_SCRIPT"] == "taskcluster/scripts/misc/unify.sh"
    said = json.loads(env["MOZ_FETCHES"]["task-reference"])
    images = [one for one in said if one["artifact"].endswith("/target.dmg")]
    assert [(one["task"], one["dest"], one["extract"]) for one in images] == [
        ("<build-x64>", "x64", False),
        ("<build-aarch64>", "aarch64", False),
    ]


@pytest.mark.parametrize(
    ("platform", "folder", "script"),
    [
        ("linux64", CHECKOUT, "run-profileserver.sh"),
        ("win64", "build/src", "run-profileserver.sh"),
        ("macosx64-aarch64", "checkouts/gecko", "run-profileserver-macos.sh"),
    ],
)
def test_profiles_are_recorded_where_the_build_runs(
    push: Pipeline, platform: str, folder: str, script: str
) -> None:
    label = f"generate-profile-{platform}-shippable/opt"
    words = str(payload(push, label)["command"])
    assert f"taskcluster/scripts/misc/{script}" in words
    assert f"--gecko-checkout={folder}" in words


def test_android_is_profiled_in_an_emulator(push: Pipeline) -> None:
    found = payload(push, "generate-profile-android-x86_64-shippable/opt")
    assert found["env"]["MOZHARNESS_SCRIPT"] == "android_emulator_pgo.py"
    assert found["env"]["MOZHARNESS_CONFIG"].split() == [
        "android/android_common.py",
        "android/android-x86_64-profile-generation.py",
        "android/android_pgo.py",
    ]
    assert found["capabilities"]["devices"]["kvm"]


def test_tools_are_built_by_scripts_of_the_tree(push: Pipeline) -> None:
    found = payload(push, "toolchain-linux64-clang-22-stage1")
    script = "./workspace/build/src/taskcluster/scripts/misc/build-clang.sh"
    steps = ("use-system-clang", "clang-22", "stage-1")
    assert found["command"][1:] == [
        f"--gecko-checkout={SOURCE}",
        "--gecko-sparse-profile=build/sparse-profiles/toolchain-build",
        "--task-cwd=/builds/worker",
        "--",
        "bash",
        "-cx",
        " ".join((script, *(f"build/build-clang/{name}.json" for name in steps))),
    ]
    assert found["env"]["TOOLCHAIN_ARTIFACT"] == "public/build/clang.tar.zst"
    assert found["env"]["GECKO_PATH"] == SOURCE


def test_a_compiler_is_made_with_one_that_was_profiled(push: Pipeline) -> None:
    edges = {one.label: one.dependencies for one in push.full if one.kind == "toolchain"}
    last = set(edges["toolchain-linux64-clang-22-raw"].values())
    assert {"toolchain-linux64-clang-22-profile", "toolchain-linux64-clang-22-stage1"} < last
    assert "toolchain-linux64-clang-22-raw" in edges["toolchain-linux64-clang-22"].values()


def test_packages_are_built_from_later_sources_that_are_changed(push: Pipeline) -> None:
    found = payload(push, "packages-deb8-gcc-8")
    *shell, line = found["command"]
    assert shell == ["sh", "-xc"]
    steps = line.split(" && ")
    assert "sed -i 's@#with_common_libs@with_common_libs@' debian/rules.defs" in steps
    assert steps.index("dpkg-source -x gcc-8_8.4.0-7.dsc gcc-8") < steps.index("cd gcc-8")
    assert found["onExitStatus"] == {"retry": [100]}
