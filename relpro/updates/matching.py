"""Takes a column of a rule and a value of a client; gives whether they match.

Source: Balrog, auslib/util/rulematching.py. A column that is None matches everything and is not
evaluated here.
"""

from relpro.updates.refusal import Broken
from relpro.updates.versions import compared

#: The text between a channel and the name of a partner build.
_PARTNER = "-cck-"

#: The minimum length of a glob for channels; shorter ones match nothing.
_SHORTEST_GLOB = 3


def fallback_channel(channel: str) -> str:
    """The channel that a partner build follows; another channel itself."""
    return channel.partition(_PARTNER)[0]


def matches_channel(pattern: str, channel: str) -> bool:
    """Equality, or a prefix if the pattern ends with `*`; also for the fallback channel."""
    return matches_name(pattern, channel) or matches_name(pattern, fallback_channel(channel))


def matches_name(pattern: str, channel: str) -> bool:
    """Equality, or a prefix if the pattern ends with `*`."""
    if not pattern.endswith("*"):
        return pattern == channel
    return len(pattern) >= _SHORTEST_GLOB and channel.startswith(pattern[:-1])


def matches_item(pattern: str, value: str | None) -> bool:
    """Whether a value is an item of a comma-separated list."""
    return value in pattern.split(",")


def matches_words(pattern: str, text: str) -> bool:
    """Whether a text contains all words of an alternative: `,` means or, `&&` and."""
    return any(
        all(word.strip() in text for word in alternative.split("&&"))
        for alternative in pattern.split(",")
    )


def matches_build_id(pattern: str, build_id: str) -> bool:
    """Build ids are compared as texts. Raises `Broken` for a malformed pattern."""
    compare, operand = compared(pattern)
    return compare(build_id, operand)


def matches_memory(pattern: str, megabytes: int | None) -> bool:
    """An unknown size matches. Raises `Broken` for a malformed pattern."""
    if megabytes is None:
        return True
    compare, operand = compared(pattern)
    try:
        size = int(operand)
    except ValueError:
        raise Broken(f"`{pattern}` of a rule is not a size of memory") from None
    return compare(megabytes, size)
