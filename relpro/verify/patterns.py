"""Takes shell-style patterns, gives what tells whether any of them matches: compiled once."""

import fnmatch
import re
from collections.abc import Iterable

import attrs


@attrs.frozen(eq=False, repr=False)
class Patterns:
    """Matches texts against many patterns at once, and remembers each answer."""

    regex: re.Pattern[str] | None
    known: dict[str, bool] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, patterns: Iterable[str]) -> "Patterns":
        """What matches any of `patterns`: `*` is any text, `?` any sign. None match nothing."""
        every = "|".join(fnmatch.translate(pattern) for pattern in patterns)
        return cls(re.compile(every) if every else None)

    def match(self, text: object) -> bool:
        """Whether a pattern matches the whole of `text`; none matches what is not text."""
        if not isinstance(text, str):
            return False
        found = self.known.get(text)
        if found is None:
            found = self.known[text] = bool(self.regex and self.regex.match(text))
        return found
