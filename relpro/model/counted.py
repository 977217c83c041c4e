"""Takes several things, gives words for them: how many, or the first names and a count."""

from collections.abc import Sequence


def counted(number: int, what: str = "task") -> str:
    """Text such as `1 task` and `20 tasks`."""
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def listed(names: Sequence[str], most: int) -> str:
    """The first `most` names, each in back-ticks, and the number of others."""
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
