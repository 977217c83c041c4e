"""Takes what there are several of, says so in words: how many, or which and how many more."""

from collections.abc import Sequence


def counted(number: int, what: str = "task") -> str:
    """Such as `1 task` and `20 tasks`."""
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def listed(names: Sequence[str], most: int) -> str:
    """The first `most` names, each in back-ticks, and how many there are besides."""
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
