"""Takes finished phases, makes statements about their files, and checks published files.

It makes the promotions: before a gate is signed off, and at the end of a phase, every file of the
storage must be one that a task put there.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
import taskcluster
from securesystemslib.signer import Signer

from relpro.errors import Diagnostic
from relpro.provenance import folder as kept
from relpro.provenance import names
from relpro.provenance.objects import objects_of
from relpro.provenance.promotion import Promoted, Stated, envelopes_of
from relpro.provenance.statements import PROVENANCE, digest_of, read_key, read_signer
from relpro.provenance.tasks import Done
from relpro.provenance.verifying import digests_in, wrong_files, wrong_statements
from relpro.rehearsal.phases import Failed, Phase, entries_of
from relpro.rehearsal.stage import Stage
from relpro.submit.times import Entry
from relpro.workers import certificate
from relpro.workers.certificate import Broken
from relpro.workers.chain import certified
from relpro.workers.keys import Keys
from relpro.workers.ledger import Ledger

#: Artifacts about the run of a task, which are no files of a release.
_LOGS = "public/logs/"


@attrs.frozen
class Proved:
    """The final result: the number of published files, and of statements."""

    files: int
    statements: int


@attrs.define
class Stating:
    """Statements about a stage, written below `folder`."""

    here: Stage
    folder: Path
    repository: str
    _keys: Keys
    _signer: Signer
    _stated: Stated = attrs.field(factory=Stated, init=False)

    @classmethod
    def on(cls, here: Stage, folder: Path, repository: str) -> "Stating":
        """For a stage; the folder may contain statements about the previous release."""
        keys = Keys(here.services.keys)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / kept.KEY).write_bytes(keys.provenance_public.read_bytes())
        return cls(here, folder, repository, keys, read_signer(keys.provenance))

    def know(self) -> None:
        """Load the statements in the folder about an earlier release."""
        stated = kept.stated_in(self._read())
        self._stated = Stated(
            {name: said.subjects[name] for name, said in stated if said.kind == PROVENANCE}
        )

    def begin(self) -> None:
        """Start a release."""
        self._stated = self._stated.next_release()

    def check(self) -> None:
        """Raise `Failed` (U816) unless every published file is one that a task put there."""
        self.here.published.update()
        ledger = objects_of(self._ledger().entries(), self._stated.digests)
        put = {name: digest for name, (digest, _) in ledger.items()}
        expected = {**self._stated.digests, **put}
        if wrong := list(self._differing(expected)):
            raise Failed(*wrong)

    def promote(self, release: str, revision: str, phase: Phase) -> None:
        """Make a statement about each file of a phase, and about the end of the phase.

        Raises `Failed` (U816) for a file that no task put there, and for a task whose certificate
        is invalid.
        """
        self.check()
        promoted = Promoted(
            release,
            phase.name,
            phase.group,
            self.repository,
            revision,
            tuple(self._done(phase)),
            phase.signed,
            datetime.fromtimestamp(phase.ended, UTC).isoformat(),
        )
        entries, root = self._ledger().entries(), self.here.service.root_url
        made, self._stated = envelopes_of(promoted, entries, self._stated, root, self._signer)
        kept.write(self.folder, release, made)

    def prove(self, phase: str) -> Proved:
        """Verify everything, like `relpro verify`. Raises `Failed` (U816, U817)."""
        releases, files = self._read(), digests_in(self.here.published.folder)
        wrong = [*wrong_statements(releases, phase), *wrong_files(releases, files, "")]
        if wrong:
            raise Failed(*wrong)
        return Proved(len(files), sum(len(some) for some in releases.values()))

    def _read(self) -> kept.Releases:
        return kept.read(kept.contents(self.folder), read_key(self.folder / kept.KEY))

    def _ledger(self) -> Ledger:
        assert self.here.services.ledger is not None
        return Ledger(self.here.services.ledger)

    def _differing(self, expected: dict[str, str]) -> Iterator[Diagnostic]:
        for path, digest in digests_in(self.here.published.folder).items():
            put = expected.get(names.of_object(path))
            if put is None:
                yield Diagnostic(
                    "U816", f"nothing is stated of `{path}`", why="no task put it there"
                )
            elif put != digest:
                why = f"it has sha256 {digest}, and a task put {put} there"
                yield Diagnostic("U816", f"`{path}` has other bytes than were stated", why=why)

    def _done(self, phase: Phase) -> Iterator[Done]:
        """The completed tasks of a phase, with the task that created them."""
        service, group = self.here.service, phase.group
        creator: Entry = {"task": service.task(group), "status": service.status(group)}
        entries = {entry["status"]["taskId"]: entry for entry in entries_of(service, group)}
        for task_id, entry in {group: creator, **entries}.items():
            if entry["status"]["state"] == "completed":
                yield self._one(task_id, entry)

    def _one(self, task_id: str, entry: Entry) -> Done:
        run = entry["status"]["runs"][-1]
        content = self._fetched(task_id, run["runId"], certificate.NAME)
        times = (run.get("started", run["scheduled"]), run["resolved"])
        about = (task_id, entry["task"], run["runId"], *times)
        if content is None:
            return Done(*about, dict(self._uncertified(task_id, run["runId"])))
        try:
            said = certified(
                task_id,
                entry["task"],
                self._keys,
                lambda name: self._fetched(task_id, run["runId"], name) or b"",
            )
        except Broken as broken:
            what = f"the certificate of task {task_id} does not hold"
            raise Failed(Diagnostic("U816", what, why=str(broken))) from None
        artifacts = {name: digests["sha256"] for name, digests in said["artifacts"].items()}
        return Done(*about, artifacts, digest_of(content))

    def _uncertified(self, task_id: str, run_id: int) -> Iterator[tuple[str, str]]:
        """Name and digest of the files of a task without a certificate."""
        queue = taskcluster.Queue(self.here.service.options())
        for one in queue.listLatestArtifacts(task_id)["artifacts"]:
            content = self._fetched(task_id, run_id, one["name"])
            if content is not None and not one["name"].startswith(_LOGS):
                yield one["name"], digest_of(content)

    def _fetched(self, task_id: str, run_id: int, name: str) -> bytes | None:
        return self.here.service.content(task_id, name, run_id)
