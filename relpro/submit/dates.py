"""Takes a body with relative dates and a moment, gives the body with absolute dates."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import attrs

from relpro.values.validators import seconds

RELATIVE = "relative-datestamp"

# In JSON without spaces these bytes cannot be part of a string, whose quotes are escaped.
_ENCODED = re.compile(rb'\{"relative-datestamp":"([^"\\]*)"\}')


def to_text(moment: datetime) -> str:
    """A moment in the queue's format: UTC, three digits, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(words: str, now: datetime) -> datetime:
    """The moment `words` (such as `1 day`) after `now`."""
    length = seconds(words)
    assert length is not None, words
    return now + timedelta(seconds=length)


@attrs.frozen
class Dates:
    """Dates counted from one moment; each is computed once, since bodies share few durations."""

    now: datetime
    made: dict[bytes, bytes] = attrs.field(factory=dict, init=False, repr=False)

    def resolve(self, body: bytes) -> bytes:
        """A body in JSON without spaces, with its relative dates counted from `now`."""
        return _ENCODED.sub(self._date, body)

    def _date(self, found: re.Match[bytes]) -> bytes:
        words = found[1]
        if words not in self.made:
            self.made[words] = f'"{to_text(moment(words.decode(), self.now))}"'.encode()
        return self.made[words]


def base_of(intended: Mapping[str, object], created: str) -> datetime:
    """The moment from which the dates of a task were counted, from its `created` in the queue."""
    at = datetime.fromisoformat(created)
    words = intended["created"]
    return at - (moment(words[RELATIVE], at) - at) if isinstance(words, Mapping) else at
