"""Each key of a worker reaches what is submitted: taking it out of a builder is seen here."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from relpro.errors import RelproError
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.transform.section import Refusal
from tests.stock.workers.examples import EXAMPLES, Worker
from tests.stock.workers.making import made

KEYS = [(name, key) for name, one in IMPLEMENTATIONS.items() for key in sorted(one.known)]

#: What an example says besides, where none has the key, or has what holds without it.
FURTHER: Mapping[str, Mapping[str, Any]] = {
    "docker-worker": {"taskcluster-proxy": True},
    "generic-worker": {
        "purge-caches-exit-status": [3],
        "run-task-as-current-user": True,
        "taskcluster-proxy": True,
    },
    "iscript": {
        "product": "mozregression",
        "provisioning-profile-url": "https://example.com/app.provisionprofile",
        "requirements-plist-url": "https://example.com/requirements.plist",
    },
    "scriptworker-beetmover": {"build-number": 77, "next-version": "7.8", "version": "7.7"},
    "scriptworker-balrog": {
        "app-version": "7.7",
        "background-rate": 25,
        "blob-suffix": "-suffix",
        "build-number": 77,
        "complete-mar-bouncer-product-pattern": "App-%(version)s-Complete",
        "complete-mar-filename-pattern": "app-%(version)s.complete.mar",
        "force-fallback-mapping-update": True,
        "pin-channels": ["release"],
        "release-eta": "2026-03-01T10:00:00Z",
        "version": "7.7",
    },
    "scriptworker-shipit": {
        "buildid": "20260301100000",
        "channel": "beta",
        "locales": ["de"],
        "server": "staging",
    },
    "scriptworker-addons": {"product": "app-of-developers", "server": "staging"},
    "scriptworker-tree": {
        "android-l10n-import-info": {"from-repo-url": "https://example.com/l10n"},
        "android-l10n-sync-info": {"from-repo-url": "https://example.com/l10n"},
        "branch": "beta",
        "dry-run": True,
        "ignore-closed-tree": True,
        "merge-info": {"to-branch": "beta"},
        "push": True,
        "source-repo": "https://example.com/app",
        "ssh-user": "ffxbld",
    },
    "scriptworker-lando": {
        "android-l10n-import-info": {"from-branch": "beta"},
        "android-l10n-sync-info": {"from-branch": "beta"},
        "dontbuild": True,
        "dry-run": True,
        "ignore-closed-tree": True,
        "l10n-bump-info": [{"path": "l10n.json", "name": "l10n"}],
        "max-run-time": 77,
    },
    "scriptworker-pushapk": {"submit": True},
    "scriptworker-bitrise": {"artifact-prefix": "other", "global-params": {"branch": "beta"}},
}

#: The implementation of each example.
IMPLEMENTATION = {name: made(*example).implementation for name, example in EXAMPLES.items()}


def _workers(name: str, key: str) -> Iterator[tuple[str, Worker]]:
    further = FURTHER.get(name, {})
    for example, (alias, worker) in EXAMPLES.items():
        if IMPLEMENTATION[example] == name:
            if key in further:
                yield alias, {**worker, key: further[key]}
            elif key in worker:
                yield alias, worker


def _tells(alias: str, worker: Worker, key: str) -> bool:
    """Whether a task is another, or none, without a key: it or what is known of its effects."""
    whole = made(alias, worker)
    try:
        less = made(alias, {name: value for name, value in worker.items() if name != key})
    except (KeyError, RelproError, Refusal):
        return True
    told = (whole.definition, whole.artifacts, whole.effects)
    return (less.definition, less.artifacts, less.effects) != told


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_every_key_of_a_worker_makes_a_difference(name: str, key: str) -> None:
    workers = list(_workers(name, key))
    assert workers, "no example has it"
    assert any(_tells(alias, worker, key) for alias, worker in workers)
