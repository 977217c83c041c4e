"""Takes a finished phase, gives its signed statements, and the promotion that lists them."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from securesystemslib.signer import Signer

from relpro.provenance import names
from relpro.provenance.objects import objects_of, stated_of_objects
from relpro.provenance.statements import PROMOTION, Statement, digest_of, signed
from relpro.provenance.tasks import Done, Known, files_of, stated_of
from relpro.workers.ledger import Entry


@attrs.frozen
class Promoted:
    """A finished phase: its release and group, its tasks, and its sign-offs.

    `repository` and `revision` are those that are released; `signed` has role and gate; `ended` is
    in ISO 8601.
    """

    release: str
    phase: str
    group: str
    repository: str
    revision: str
    done: tuple[Done, ...]
    signed: tuple[tuple[str, str], ...]
    ended: str


@attrs.frozen
class Stated:
    """The statements so far: the digest of each file by its name, and the last promotion.

    `published` are the objects of this release, `last` is name and digest of the last promotion's
    envelope.
    """

    digests: Mapping[str, str] = attrs.field(factory=dict)
    published: Mapping[str, str] = attrs.field(factory=dict)
    last: tuple[str, str] | None = None

    def next_release(self) -> "Stated":
        """The same at the start of another release."""
        return Stated(self.digests)


def envelopes_of(
    phase: Promoted, entries: Iterable[Entry], before: Stated, root_url: str, signer: Signer
) -> tuple[Mapping[str, bytes], Stated]:
    """Name -> envelope of all statements about a phase, and the statements so far.

    `entries` are those of the ledger.
    """
    objects = objects_of(entries, before.digests)
    files = files_of(phase.done)
    digests = {**before.digests, **files, **{name: one for name, (one, _) in objects.items()}}
    known = Known.of(root_url, digests)
    done = {one.task_id: one for one in phase.done}
    statements = [
        *(said for one in phase.done for said in stated_of(one, known)),
        *stated_of_objects(objects, done, known),
    ]
    envelopes = {name: signed(statement, signer) for name, statement in statements}
    ours = {name: digests[name] for name in envelopes if name.startswith(names.OBJECT)}
    published = {**before.published, **ours}
    listed = [*((before.last,) if before.last else ()), *_digested(envelopes)]
    name = names.of_promotion(phase.phase)
    promotion = Statement(PROMOTION, published or files, _promotion(phase, listed, root_url))
    envelopes[name] = signed(promotion, signer)
    last = (name, digest_of(envelopes[name]))
    return envelopes, Stated(digests, published, last)


def _digested(envelopes: Mapping[str, bytes]) -> list[tuple[str, str]]:
    return [(name, digest_of(content)) for name, content in envelopes.items()]


def _promotion(
    phase: Promoted, listed: Iterable[tuple[str, str]], root_url: str
) -> Mapping[str, Any]:
    uri = f"git+{phase.repository}@{phase.revision}"
    return {
        "release": phase.release,
        "phase": phase.phase,
        "group": f"{root_url}/tasks/groups/{phase.group}",
        "finishedOn": phase.ended,
        "revision": {"uri": uri, "digest": {"gitCommit": phase.revision}},
        "signOffs": [{"role": role, "gate": gate} for role, gate in phase.signed],
        "inputAttestations": [
            {"uri": name, "digest": {"sha256": digest}} for name, digest in listed
        ],
    }
