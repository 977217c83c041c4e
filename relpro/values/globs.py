"""Takes globs as people write them, gives which paths they match.

Matching takes at most (length of the path) x (length of the glob) steps, whatever the glob.
"""

import re
from collections.abc import Iterator, Sequence
from fnmatch import translate

import attrs

from relpro.values.patterns import is_reversed

#: Marks the end of a glob, and matches no name.
_END = re.compile(r"(?!)")


@attrs.frozen(eq=False, repr=False)
class Glob:
    """A compiled glob: `names` of a path from the top, None for any number of folders.

    `*` and `?` match within a name, `**` between slashes matches any number of folders; `[abc]`,
    `[a-c]` and `[!abc]` match one character. A folder matches everything below it: `src`, `src/`
    and `src/**` are the same.
    """

    names: tuple[re.Pattern[str] | None, ...]

    @classmethod
    def of(cls, pattern: str) -> "Glob":
        """The glob for a pattern; see `faults_of` for invalid patterns."""
        named = pattern.removesuffix("/").split("/")
        names = (None if one == "**" else re.compile(translate(one)) for one in named)
        return cls((*names, None))

    def match(self, path: str) -> bool:
        """Whether the glob matches a path, or a folder that contains it."""
        return _match(self.names, path.split("/"))


def _match(wanted: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    """Whether `names` match `wanted`.

    Only the last `**` is extended on a mismatch: earlier ones already match as little as possible.
    """
    at = place = 0
    again: tuple[int, int] | None = None
    while place < len(names):
        one = wanted[at] if at < len(wanted) else _END
        if one is None:
            again = at, place
            at += 1
        elif one.match(names[place]):
            at, place = at + 1, place + 1
        elif again:
            again = again[0], again[1] + 1
            at, place = again[0] + 1, again[1]
        else:
            return False
    return all(one is None for one in wanted[at:])


@attrs.frozen(eq=False, repr=False)
class Globs:
    """Several globs: a path matches one of them, and none of those that begin with `!`."""

    included: tuple[Glob, ...]
    excluded: tuple[Glob, ...]

    @classmethod
    def of(cls, patterns: Sequence[str]) -> "Globs":
        """The combination of patterns, in any order."""
        return cls(
            tuple(Glob.of(one) for one in patterns if not one.startswith("!")),
            tuple(Glob.of(one[1:]) for one in patterns if one.startswith("!")),
        )

    def match(self, path: str) -> bool:
        """Whether the globs together match a path."""
        return any(one.match(path) for one in self.included) and not any(
            one.match(path) for one in self.excluded
        )


def faults_of(patterns: Sequence[str]) -> Iterator[str]:
    """Why patterns, or one of them, can never match a path of git: one text for each reason."""
    for pattern in patterns:
        if fault := _fault(pattern.removeprefix("!")):
            yield f"pattern `{pattern}` {fault}"
    if patterns and all(pattern.startswith("!") for pattern in patterns):
        yield f"pattern `{patterns[0]}` excludes, and no other pattern includes anything"


def _fault(pattern: str) -> str:
    names = pattern.removesuffix("/").split("/")
    if pattern.startswith("/"):
        return "begins with `/`: paths count from the top of the repository, without it"
    if not pattern or {"", ".", ".."} & {*names}:
        return "has an empty name, `.` or `..` in it, which no path has"
    if "\\" in pattern:
        return "has a `\\` in it: folders are divided by `/`"
    if is_reversed(pattern):
        return "has a range in brackets that ends before it starts"
    return ""
