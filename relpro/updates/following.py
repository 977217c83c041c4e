"""Takes tables and a client; gives what it is told now, and where its updates lead in the end."""

from collections.abc import Iterator, Mapping

import attrs

from relpro.updates.answer import FORCED, SIDES, Answer, Tables, answer
from relpro.updates.offer import Offer
from relpro.updates.request import Request
from relpro.updates.versions import read_version

#: Updates that are followed, one after the other: no real chain is as long.
_MOST = 100


@attrs.frozen
class Share:
    """What a client is told whose die shows `first` to `last`."""

    first: int
    last: int
    answer: Answer

    @property
    def percent(self) -> int:
        """How many of a hundred clients these are."""
        return self.last - self.first + 1


def shares(tables: Tables, request: Request) -> list[Share]:
    """What a client is told, by what its die shows; neighbours with one answer together."""
    found: list[Share] = []
    for roll in range(SIDES):
        given = answer(tables, request, roll)
        if found and found[-1].answer == given:
            found[-1] = attrs.evolve(found[-1], last=roll)
        else:
            found.append(Share(roll, roll, given))
    return found


@attrs.frozen
class Step:
    """A client, and what it is told when a person looks for updates."""

    request: Request
    answer: Answer


def follow(tables: Tables, request: Request) -> Iterator[Step]:
    """One update after the other, as if each were installed, until there is none."""
    current: Request | None = attrs.evolve(request, force=FORCED)
    for _ in range(_MOST):
        assert current is not None
        given = answer(tables, current, 0)
        yield Step(current, given)
        current = updated(current, given.offer)
        if current is None:
            return


def updated(request: Request, offer: Offer | None) -> Request | None:
    """The client after an update; None where nothing was offered that can be installed."""
    if offer is None or not offer.patches:
        return None
    told: Mapping[str, str] = dict(offer.attributes)
    return attrs.evolve(request, version=told["appVersion"], build_id=told["buildID"])


def goes_forward(old: Request, new: Request) -> bool:
    """Whether an update leads to something newer than what was installed.

    Build ids are compared as the numbers that they are; an update server compares texts.
    """
    before, after = read_version(old.version), read_version(new.version)
    return after > before or (after == before and _number(new.build_id) > _number(old.build_id))


def _number(build_id: str) -> int:
    return int(build_id) if build_id.isascii() and build_id.isdigit() else 0
