"""Takes tables and a client; gives its answer, and where its updates lead in the end."""

from collections.abc import Iterator, Mapping

import attrs

from relpro.updates.answer import FORCED, SIDES, Answer, Tables, answer
from relpro.updates.offer import Offer
from relpro.updates.request import Request
from relpro.updates.versions import read_version

#: The most consecutive updates: no real chain is as long.
_MOST = 100


@attrs.frozen
class Share:
    """The answer to clients with random numbers from `first` to `last`."""

    first: int
    last: int
    answer: Answer

    @property
    def percent(self) -> int:
        """The share of clients, in percent."""
        return self.last - self.first + 1


def shares(tables: Tables, request: Request) -> list[Share]:
    """The answers to a client by random number; neighbours with one answer are merged."""
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
    """A client, and its answer when a person checks for updates."""

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
    """The client after an update; None if no installable update was offered."""
    if offer is None or not offer.patches:
        return None
    told: Mapping[str, str] = dict(offer.attributes)
    return attrs.evolve(request, version=told["appVersion"], build_id=told["buildID"])


def goes_forward(old: Request, new: Request) -> bool:
    """Whether an update is newer than the installed version.

    Build ids are compared as numbers; an update server compares them as texts.
    """
    before, after = read_version(old.version), read_version(new.version)
    return after > before or (after == before and _number(new.build_id) > _number(old.build_id))


def _number(build_id: str) -> int:
    return int(build_id) if build_id.isascii() and build_id.isdigit() else 0
