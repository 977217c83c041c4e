"""A project of another product whose tasks local workers run: built, signed, uploaded, submitted.

The decision task is played: its files are what relpro writes, signed as by its worker.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import taskcluster

from relpro.embedded import EmbeddedTaskcluster
from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.workers import LocalWorker, Outcome, Seat
from relpro.workers.artifacts import upload
from relpro.workers.certificate import certify
from relpro.workers.rehearsal import Rehearsal
from relpro.workers.services import Services
from tests.chain_of_trust import vpn
from tests.chain_of_trust.chains import DECISION, Json, Release, make_vpn_graph

ALIASES = """\
    images:
      provisioner: 'mozillavpn-{level}'
      worker-type: images
      implementation: docker-worker
      os: linux
    beetmover:
      provisioner: scriptworker-k8s
      worker-type: mozillavpn-3-beetmover
      implementation: scriptworker-beetmover
      os: scriptworker
    balrog:
      provisioner: scriptworker-k8s
      worker-type: mozillavpn-3-balrog
      implementation: scriptworker-balrog
      os: scriptworker
"""

IMAGE = """\
description: Images.
tasks:
  builder:
    description: An image
    worker-type: images
    worker:
      docker-image: debian:12
      command: mkdir /builds/worker/artifacts && echo an image > /builds/worker/artifacts/image
      chain-of-trust: true
      max-run-time: 600
      artifacts: [{name: public/image.tar.zst, path: /builds/worker/artifacts/image}]
"""

BUILD = """\
description: Compile.
kind-dependencies: [docker-image]
tasks:
  linux64:
    description: Compile for Linux
    worker-type: b-linux
    worker:
      docker-image: {in-tree: builder}
      command: mkdir /builds/worker/artifacts && echo built > /builds/worker/artifacts/vpn.tar.gz
      chain-of-trust: true
      max-run-time: 3600
      artifacts: [{name: public/build/vpn.tar.gz, path: /builds/worker/artifacts/vpn.tar.gz}]
"""

CANDIDATES = "pub/vpn/candidates/1.0-candidates/build1"

BEETMOVER = f"""\
description: Upload.
kind-dependencies: [signing]
transforms: [relpro.stock.from_deps]
tasks:
  upload:
    from-deps: {{}}
    description: Upload for Linux
    worker-type: beetmover
    worker:
      action: push-to-candidates
      bucket: dep
      version: '1.0'
      build-number: 1
      release-properties:
        app-name: VPN
        app-version: '1.0'
        build-id: '20260101000000'
        platform: linux64
        branch: main
        hash-type: sha512
      upstream-artifacts:
        - task: signing
          type: signing
          locale: en-US
          paths: [public/build/vpn.tar.gz, public/build/vpn.tar.gz.asc]
      artifact-map:
        - task: signing
          locale: en-US
          paths:
            public/build/vpn.tar.gz:
              destinations: [{CANDIDATES}/vpn.tar.gz]
              checksums-path: vpn.tar.gz
              update-balrog-manifest: true
            public/build/vpn.tar.gz.asc:
              destinations: [{CANDIDATES}/vpn.tar.gz.asc]
              checksums-path: vpn.tar.gz.asc
"""

BALROG = """\
description: Submit.
kind-dependencies: [beetmover]
transforms: [relpro.stock.from_deps]
tasks:
  submit:
    from-deps: {}
    description: Submit for Linux
    worker-type: balrog
    worker:
      behavior: submit-locale
      server: dep
      upstream-artifacts:
        - {task: beetmover, type: beetmover, paths: [public/manifest.json]}
"""

KINDS = {
    "kinds/config.yml": vpn.CONFIG.replace("treeherder:", f"{ALIASES}treeherder:"),
    "kinds/build/docker-image.yml": IMAGE,
    "kinds/build/build.yml": BUILD,
    "kinds/build/signing.yml": vpn.SIGNING,
    "kinds/build/beetmover.yml": BEETMOVER,
    "kinds/build/balrog.yml": BALROG,
}

#: The queues, in the order in which their tasks can run, and the scripts that some of them have.
QUEUES = {
    "mozillavpn-3/images": "",
    "mozillavpn-3/b-linux-gcp": "",
    "scriptworker-k8s/mozillavpn-3-signing": "scriptworker-signing",
    "scriptworker-k8s/mozillavpn-3-beetmover": "scriptworker-beetmover",
    "scriptworker-k8s/mozillavpn-3-balrog": "scriptworker-balrog",
}


@attrs.frozen
class Rehearsed:
    """What was run: the release, how its tasks ended, and all that they published, by task."""

    release: Release
    outcomes: Mapping[str, Outcome]
    published: Mapping[str, Mapping[str, Any]]
    keys: Mapping[str, str]

    def chain(self, label: str, kind: str) -> Json:
        """The chain of a task, as the real scriptworker is given it."""
        return {
            "task_id": self.release.ids[label],
            "task_type": kind,
            "tasks": dict(self.release.tasks),
            "published": {key: dict(files) for key, files in self.published.items()},
            "template": vpn.template(),
            "keys": dict(self.keys),
            **vpn.HOST,
        }


def rehearse(service: EmbeddedTaskcluster, services: Services, folder: Path) -> Rehearsed:
    """Decide on a push and let local workers run all of it."""
    now = datetime.now(UTC).replace(microsecond=0)
    release = make_vpn_graph(folder / "release", "github-push", kinds=KINDS, now=now)
    rehearsal = Rehearsal.of(services)
    access = Access.from_environment(service.environment())

    def seat(queue: str) -> Seat:
        return Seat(Connection(access), queue)

    queue = taskcluster.Queue(service.options())
    tasks = dict(release.tasks)
    decision = tasks.pop(DECISION)
    queue.createTask(DECISION, decision)
    _play(seat(decision["taskQueueId"]), release.published[DECISION], rehearsal, folder)
    for task_id, body in tasks.items():
        queue.createTask(task_id, body)
    outcomes: dict[str, Outcome] = {}
    for name in QUEUES:
        with LocalWorker(seat(name), folder / name, rehearsal=rehearsal) as worker:
            outcomes |= {one.name: one for one in worker.work(until_idle=True)}
    wrong = [str(one) for one in outcomes.values() if one.end.state != "completed"]
    assert not wrong, wrong
    assert len(outcomes) == len(tasks), sorted(outcomes)
    kept = {task_id: service.task(task_id) for task_id in release.tasks}
    published = {task_id: dict(_published(service, queue, task_id)) for task_id in kept}
    real = attrs.evolve(release, tasks=kept)
    return Rehearsed(real, outcomes, published, rehearsal.keys.public())


def _play(seat: Seat, files: Mapping[str, str], rehearsal: Rehearsal, folder: Path) -> None:
    """Publish what a decision task publishes, and sign for it as its worker does."""
    (claim,) = seat.claim()
    uploaded = []
    for name, text in files.items():
        path = folder / "played"
        path.write_text(text)
        uploaded.append(upload(claim, name, path, claim.task["expires"]))
    certify(claim, uploaded, folder, rehearsal.sign("docker-worker"))
    assert claim.report("completed")


def _published(service: EmbeddedTaskcluster, queue: Any, task_id: str) -> Any:
    for one in queue.listArtifacts(task_id, 0)["artifacts"]:
        content = service.content(task_id, one["name"])
        if content is not None:
            yield one["name"], {"base64": base64.b64encode(content).decode()}
