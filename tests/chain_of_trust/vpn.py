"""A small project of another product, on GitHub, whose variables have another prefix.

Its `.taskcluster.yml` is this repository's, with the names at its top changed as
docs/how-to/run-in-ci.md says.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from relpro.project import Project
from tests.actions.events import BASE, CONTEXTS, HEAD, TEMPLATE

Json = dict[str, Any]

REPOSITORY = "https://github.com/mozilla-mobile/mozilla-vpn-client"
LOGIN = "somebody"

CONFIG = f"""\
trust-domain: mozillavpn
products: [vpn]
projects:
  mozilla-vpn-client: {{level: '3', repositories: ['{REPOSITORY}'], branches: [main]}}
release-branches: [mozilla-vpn-client]
workers:
  aliases:
    b-linux:
      provisioner: 'mozillavpn-{{level}}'
      worker-type: b-linux-gcp
      implementation: docker-worker
      os: linux
    signing:
      provisioner: scriptworker-k8s
      worker-type: mozillavpn-3-signing
      implementation: scriptworker-signing
      os: scriptworker
treeherder: {{group-names: {{}}}}
target-tasks-method: default
target-methods: {{default: {{phases: [build]}}}}
"""

BUILD = """\
description: Compile.
tasks:
  linux64:
    description: Compile for Linux
    worker-type: b-linux
    worker:
      docker-image: debian:12
      command: make
      chain-of-trust: true
      max-run-time: 3600
      artifacts: [{name: public/build/vpn.tar.gz, path: /builds/vpn.tar.gz}]
"""

SIGNING = """\
description: Sign.
kind-dependencies: [build]
transforms: [relpro.stock.from_deps]
tasks:
  signing:
    from-deps: {}
    description: Sign for Linux
    worker-type: signing
    worker:
      signing-type: {by-level: {'3': release-signing, default: dep-signing}}
      upstream-artifacts:
        - task: build
          type: build
          paths: [public/build/vpn.tar.gz]
          formats: [gcp_prod_autograph_gpg]
"""

KINDS = {
    "kinds/config.yml": CONFIG,
    "kinds/build/build.yml": BUILD,
    "kinds/build/signing.yml": SIGNING,
}

FORK = "https://github.com/somebody/mozilla-vpn-client"
TAG = "v1.0"
_REPO = {
    "html_url": REPOSITORY,
    "full_name": "mozilla-mobile/mozilla-vpn-client",
    "name": "mozilla-vpn-client",
}
_PULL_REQUEST = {
    "number": 7,
    "user": {"login": LOGIN},
    "base": {"sha": BASE, "ref": "main", "repo": _REPO},
    "head": {
        "sha": HEAD,
        "ref": "change",
        "repo": {**_REPO, "html_url": FORK, "full_name": "somebody/mozilla-vpn-client"},
        "user": {"login": LOGIN},
    },
}
_RELEASE = {
    "tag_name": TAG,
    "target_commitish": "main",
    "published_at": "2026-01-01T00:00:00Z",
    "author": {"login": LOGIN},
}

#: What the service that runs cron jobs tells (fxci-config, build-decision/, cron/decision.py).
CRON: Json = {
    "cron": {
        "task_id": "CronTaskQAaAAAAAAAAAAA",
        "job_name": "nightly",
        "job_symbol": "N",
        "quoted_args": "--target-tasks-method=nightly --include-push-tasks",
        "input": {},
    }
}

HOST: Json = {
    "product": "mozillavpn",
    "commit": {"committer": {"login": LOGIN}, "author": {"login": LOGIN}},
    "release": _RELEASE,
    "pull_request": _PULL_REQUEST,
    "pages": {},
    "projects": {
        "mozilla-vpn-client": {
            "repo": REPOSITORY,
            "repo_type": "git",
            "default_branch": "main",
            "branches": [{"name": "main", "level": 3}],
        }
    },
}


def template() -> str:
    """The `.taskcluster.yml` of the project."""
    text = TEMPLATE.read_text()
    begin, end = text.index("      branches:\n"), text.index("      isGithub:")
    text = (
        text[:begin]
        + "      branches: {main: {project: mozilla-vpn-client, level: '3'}}\n"
        + text[end:]
    )
    return (
        text.replace("trustDomain: gecko", "trustDomain: mozillavpn")
        .replace("prefix: GECKO", "prefix: MOZILLAVPN")
        .replace(
            "canonical: https://github.com/mozilla-firefox/firefox", f"canonical: {REPOSITORY}"
        )
    )


def write_project(root: Path, kinds: Mapping[str, str] = KINDS) -> Project:
    """Write the project into a git checkout at `root`."""
    files = {**kinds, ".taskcluster.yml": template()}
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return Project(root)


def contexts(checkout: Path) -> dict[str, Json]:
    """What Taskcluster tells of everything that happens to it: `tasks_for` -> context."""
    event = CONTEXTS["github-push"]["event"]
    there = {
        **_REPO,
        "ssh_url": "git@github.com:mozilla-mobile/mozilla-vpn-client",
        "pushed_at": 1752580800,
    }
    sender = {"login": LOGIN}
    _git(checkout, "commit", "--quiet", "--allow-empty", "--message", "Release")
    _git(checkout, "tag", TAG)
    return {
        "github-push": {"event": {**event, "before": BASE, "repository": there, "sender": sender}},
        "github-pull-request": {
            "event": {
                "action": "opened",
                "number": 7,
                "repository": _REPO,
                "pull_request": _PULL_REQUEST,
                "sender": sender,
            }
        },
        "github-release": {
            "event": {
                "action": "published",
                "repository": {**_REPO, "clone_url": f"{REPOSITORY}.git"},
                "release": _RELEASE,
                "sender": sender,
            }
        },
        "cron": {
            **CRON,
            "repository": {
                "url": REPOSITORY,
                "project": "mozilla-vpn-client",
                "level": 3,
                "type": "git",
            },
            "push": {"branch": "main", "revision": HEAD, "owner": "cron"},
        },
    }


def _git(checkout: Path, *words: str) -> None:
    identity = ("-c", "user.name=release", "-c", "user.email=release@example.com")
    subprocess.run(["git", "-C", str(checkout), *identity, *words], check=True)
