"""Takes shell-style patterns, gives one matcher for all of them, compiled once."""

import fnmatch
import re
from collections.abc import Iterable

import attrs


@attrs.frozen(eq=False, repr=False)
class Patterns:
    """Matches texts against many patterns at once, and caches the answers."""

    regex: re.Pattern[str] | None
    known: dict[str, bool] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, patterns: Iterable[str]) -> "Patterns":
        """A matcher for any of `patterns`: `*` is any text, `?` any character.

        No patterns match nothing.
        """
        every = "|".join(fnmatch.translate(pattern) for pattern in patterns)
        return cls(re.compile(every) if every else None)

    def match(self, text: object) -> bool:
        """Whether a pattern matches the whole of `text`; a value that is not text never matches."""
        if not isinstance(text, str):
            return False
        found = self.known.get(text)
        if found is None:
            found = self.known[text] = bool(self.regex and self.regex.match(text))
        return found
