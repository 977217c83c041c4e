"""Takes a column of a rule and what a client says; gives whether they fit.

Source: Balrog, auslib/util/rulematching.py. A column that is None is not asked here: it fits all.
"""

from relpro.updates.refusal import Broken
from relpro.updates.versions import compared

#: What stands between a channel and the name of a partner build that follows it.
_PARTNER = "-cck-"

#: A glob of a channel is at least so long, or fits nothing.
_SHORTEST_GLOB = 3


def fallback_channel(channel: str) -> str:
    """The channel that a partner build follows; another channel is its own."""
    return channel.partition(_PARTNER)[0]


def matches_channel(pattern: str, channel: str) -> bool:
    """Equal, or beginning as a pattern that ends with `*`; so for the fallback channel."""
    return matches_name(pattern, channel) or matches_name(pattern, fallback_channel(channel))


def matches_name(pattern: str, channel: str) -> bool:
    """Equal, or beginning as a pattern that ends with `*`."""
    if not pattern.endswith("*"):
        return pattern == channel
    return len(pattern) >= _SHORTEST_GLOB and channel.startswith(pattern[:-1])


def matches_item(pattern: str, value: str | None) -> bool:
    """Whether a value is an item of a comma-separated list."""
    return value in pattern.split(",")


def matches_words(pattern: str, text: str) -> bool:
    """Whether a text has all words of an alternative: `,` stands for or, `&&` for and."""
    return any(
        all(word.strip() in text for word in alternative.split("&&"))
        for alternative in pattern.split(",")
    )


def matches_build_id(pattern: str, build_id: str) -> bool:
    """Build ids are texts, and compared as such. Raises `Broken` for a malformed pattern."""
    compare, operand = compared(pattern)
    return compare(build_id, operand)


def matches_memory(pattern: str, megabytes: int | None) -> bool:
    """An unknown size fits. Raises `Broken` for a malformed pattern."""
    if megabytes is None:
        return True
    compare, operand = compared(pattern)
    try:
        size = int(operand)
    except ValueError:
        raise Broken(f"`{pattern}` of a rule is not a size of memory") from None
    return compare(megabytes, size)
