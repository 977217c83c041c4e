"""Takes the statements of a release, gives those that its promotions list.

They are followed from the last phase back.
"""

from collections.abc import Mapping

import attrs

from relpro.model.phase import PHASE_OF, Phase
from relpro.provenance import names
from relpro.provenance.folder import Read
from relpro.provenance.statements import PROMOTION


@attrs.frozen
class Listed:
    """Name -> digest of each envelope that promotions list.

    No promotion lists that of the last phase: its digest is its own, or empty if it is missing.
    `is_whole` is false if a promotion is missing or cannot be trusted: then its list is unknown.
    """

    digests: Mapping[str, str]
    is_whole: bool


def last_promotion(statements: Mapping[str, Read], phase: str) -> str:
    """The name of the last promotion of a release that has reached at least a phase."""
    further = [one.value for one in Phase if one >= PHASE_OF[phase]]
    found = [one for one in map(names.of_promotion, further) if one in statements]
    return found[-1] if found else names.of_promotion(phase)


def listed_by(release: str, statements: Mapping[str, Read], last: str) -> Listed:
    """The envelopes listed by the promotion called `last`, and by all before it."""
    found = {last: statements[last].sha256 if last in statements else ""}
    pending, is_whole = [last], True
    while pending:
        one = statements.get(pending.pop())
        said = one.statement if one else None
        if said is None or (said.kind, said.predicate.get("release")) != (PROMOTION, release):
            is_whole = False
            continue
        for item in said.predicate["inputAttestations"]:
            if item["uri"].startswith(names.PROMOTION) and item["uri"] not in found:
                pending.append(item["uri"])
            found[item["uri"]] = item["digest"]["sha256"]
    return Listed(found, is_whole)
