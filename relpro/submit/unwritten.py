"""Takes the effects of failed and blocked tasks, gives the places that are not written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from relpro.graph.places import written_places
from relpro.model.counted import counted
from relpro.model.place import NO_EFFECTS, Effects, Place

#: The most places of each kind that are named.
_NAMED = 2


@attrs.frozen
class Known:
    """The effects of the tasks of a group by label; `lacking` says why there are none."""

    effects: Mapping[str, Effects] = attrs.field(factory=dict)
    lacking: str = ""

    def unwritten(self, labels: Iterable[str]) -> tuple[Place, ...]:
        """The places that tasks with these labels would write or copy to, without duplicates."""
        found: dict[Place, None] = {}
        for label in labels:
            found |= dict.fromkeys(written_places(self.effects.get(label, NO_EFFECTS)))
        return tuple(found)


#: The value for a group whose effects were not requested.
NOTHING_KNOWN = Known()


def told(places: Iterable[Place]) -> Iterator[str]:
    """For each kind of place, the number of places, and the first of them."""
    known = tuple(places)
    for kind, number in Counter(place.kind for place in known).items():
        keys = [place.key for place in known if place.kind == kind][:_NAMED]
        more = ", ..." if number > len(keys) else ""
        yield f"{counted(number, f'{kind} place')} ({', '.join(keys)}{more})"


def as_json(places: Iterable[Place]) -> list[dict[str, Any]]:
    """Each place in the form of `relpro effects --json`."""
    return [{"place": kind, "key": key} for kind, key in places]
