"""The release of Firefox 92.0.1, made again: the same tasks in every phase, by their labels."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from relpro.goal import Goal
from relpro.model.phase import Phase
from relpro.parameters.read import read_parameter_file, read_value
from relpro.pipeline import Pipeline
from relpro.project import Project

ROOT = Path(__file__).resolve().parents[2]

#: Libraries of Android were published with the push of the desktop release, in two variants.
GECKOVIEW = {
    f"beetmover-geckoview-android-{processor}-shippable{variant}/opt"
    for processor in ("aarch64", "arm", "x86", "x86_64", "geckoview-fat-aar")
    for variant in ("", "-lite")
}

#: What each later phase adds to the one before it.
PUSH = GECKOVIEW | {
    "firefox-push-to-release",
    "release-bouncer-check-firefox",
    "release-final-verify-firefox",
    "release-notify-push-firefox",
    "release-notify-av-announce-firefox",
}
SHIP = {
    "release-balrog-scheduling-firefox",
    "release-bouncer-aliases-firefox",
    "release-flatpak-push-firefox",
    "release-mark-as-shipped-firefox",
    "release-notify-ship-firefox",
    "release-version-bump-firefox",
}

Replay = Callable[[Phase], Pipeline]


@pytest.fixture(scope="module")
def replay(shared_data: Path) -> Replay:
    real = shared_data / "firefox-92.0.1"
    values = dict(read_parameter_file(real / "promote" / "parameters.yml").values)
    values["l10n_changesets"] = read_value(real / "l10n-changesets.json")
    project = Project.find(ROOT)
    made: dict[Phase, Pipeline] = {}

    def pipeline(phase: Phase) -> Pipeline:
        if phase not in made:
            made[phase] = Pipeline.of(project, values, Goal(phase=phase, product="firefox"))
        return made[phase]

    return pipeline


@pytest.fixture(scope="module")
def prefixes(shared_data: Path) -> Mapping[str, Mapping[str, Any]]:
    """Prefix of labels -> how many promote targets of the real release had it, and their digest."""
    recorded = shared_data.parent / "check" / "firefox-92.0.1-promote.json"
    found: Mapping[str, Mapping[str, Any]] = json.loads(recorded.read_text())["prefixes"]
    return found


def test_promote_targets_are_those_of_the_real_release(
    replay: Replay, prefixes: Mapping[str, Mapping[str, Any]]
) -> None:
    longest_first = sorted(prefixes, key=len, reverse=True)
    labels: dict[str, list[str]] = {prefix: [] for prefix in prefixes}
    others: list[str] = []
    for label in replay(Phase.PROMOTE).target.labels:
        prefix = next(
            (p for p in longest_first if label == p or label.startswith(f"{p}-")),
            None,
        )
        (others if prefix is None else labels[prefix]).append(label)
    digests = {
        prefix: hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()
        for prefix, found in labels.items()
    }
    assert others == []
    assert sum(len(found) for found in labels.values()) == 6563
    assert digests == {prefix: said["sha256"] for prefix, said in prefixes.items()}


@pytest.mark.parametrize(
    ("earlier", "later", "added"),
    [(Phase.PROMOTE, Phase.PUSH, PUSH), (Phase.PUSH, Phase.SHIP, SHIP)],
    ids=["push", "ship"],
)
def test_a_later_phase_targets_what_it_adds_and_everything_before(
    replay: Replay, earlier: Phase, later: Phase, added: set[str]
) -> None:
    before, after = (set(replay(phase).target.labels) for phase in (earlier, later))
    assert before <= after
    assert after - before == added


@pytest.mark.parametrize(("phase", "added"), [(Phase.PUSH, PUSH), (Phase.SHIP, SHIP)])
def test_a_later_phase_creates_only_what_it_adds(
    replay: Replay, phase: Phase, added: set[str]
) -> None:
    assert {task.label for task in replay(phase).morphed.graph} == added


def test_promote_builds_nothing_that_the_push_built(replay: Replay) -> None:
    pipeline = replay(Phase.PROMOTE)
    created = {task.label for task in pipeline.morphed.graph}
    assert not created & pipeline.given.existing_tasks.keys()
    assert not {task.kind for task in pipeline.morphed.graph} & {"build", "build-signing"}


def test_tools_and_profiles_are_those_of_the_real_push(replay: Replay) -> None:
    pipeline = replay(Phase.PROMOTE)
    kinds = {"fetch", "packages", "toolchain", "instrumented-build", "generate-profile"}
    made = {one.label for one in pipeline.full if one.kind in kinds | {"build-android"}}
    assert len(made) > 90
    assert made <= pipeline.given.existing_tasks.keys()


_HEAD = "d7bbc5812f7f36a9378165fffd7a058ddb0118ec"
_ENV = {
    "GECKO_BASE_REPOSITORY": "https://hg.mozilla.org/mozilla-unified",
    "GECKO_HEAD_REPOSITORY": "https://hg.mozilla.org/releases/mozilla-release",
    "GECKO_HEAD_REV": _HEAD,
    "GECKO_PATH": "/builds/worker/checkouts/gecko",
    "HG_STORE_PATH": "/builds/worker/checkouts/hg-store",
    "MOZ_AUTOMATION": "1",
    "MOZ_SCM_LEVEL": "3",
    "SCCACHE_DISABLE": "1",
    "TASKCLUSTER_CACHES": "/builds/worker/checkouts",
    "TASKCLUSTER_VOLUMES": "/builds/worker/.cache;/builds/worker/checkouts",
}


def _started(profile: str, line: str) -> list[str]:
    return [
        "/builds/worker/bin/run-task",
        "--gecko-checkout=/builds/worker/checkouts/gecko",
        f"--gecko-sparse-profile=build/sparse-profiles/{profile}",
        "--fetch-hgfingerprint",
        "--task-cwd",
        "/builds/worker/checkouts/gecko",
        "--",
        "bash",
        "-cx",
        line,
    ]


#: Label -> its payload, but for the digest of the cache and the image; a list of configurations is
#: left out of the command. Source: the tree of 2021, as its transforms render it.
BODIES: Mapping[str, Mapping[str, Any]] = {
    "release-bouncer-check-firefox": {
        "command": _started(
            "mozharness",
            "./mach python testing/mozharness/scripts/release/bouncer_check.py"
            " --previous-version=91.0 --previous-version=91.0.1 --previous-version=91.0.2"
            " --previous-version=92.0 --config releases/bouncer_firefox_release.py"
            " --version=92.0.1",
        ),
        "env": {
            **_ENV,
            "EXTRA_MOZHARNESS_CONFIG": '{"bouncer_prefix": "https://download.mozilla.org/"}',
        },
        "maxRunTime": 1200,
        "onExitStatus": {"retry": [72], "purgeCaches": [72]},
    },
    "release-final-verify-firefox": {
        "command": _started("update-verify", "tools/update-verify/release/final-verification.sh"),
        "env": _ENV,
        "maxRunTime": 7200,
        "onExitStatus": {"retry": [1, 72], "purgeCaches": [72]},
    },
}


@pytest.mark.parametrize("label", BODIES)
def test_what_checks_a_release_after_its_push_runs_as_it_did(replay: Replay, label: str) -> None:
    made = next(one for one in replay(Phase.PUSH).morphed.graph if one.label == label)
    found = dict(made.definition["payload"])
    ((cache, place),) = found.pop("cache").items()
    assert (cache.rpartition("-")[0], place) == (
        "gecko-level-3-checkouts-sparse-hg58-v3",
        "/builds/worker/checkouts",
    )
    image = found.pop("image")
    assert image["taskId"] == replay(Phase.PUSH).given.existing_tasks["docker-image-update-verify"]
    line, *lists = found["command"][-1].split(" https://")
    assert {one.rpartition("/")[2] for one in lists} <= {"update-verify.cfg"}
    found["command"] = [*found["command"][:-1], line]
    assert len(lists) == (6 if "final" in label else 0)
    assert found == {**BODIES[label], "features": {"allowPtrace": True, "taskclusterProxy": True}}
    assert made.definition["scopes"] == [
        f"docker-worker:cache:{cache}",
        "docker-worker:feature:allowPtrace",
        "secrets:get:project/taskcluster/gecko/hgfingerprint",
        "secrets:get:project/taskcluster/gecko/hgmointernal",
    ]
