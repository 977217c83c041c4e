"""Takes the streams of a command, escapes control characters.

Text of kinds, parameters and commit messages reaches terminals and logs. Characters that move the
cursor, set window titles, or change the direction of writing are shown as escapes.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)} - {ord("\t"), ord("\n")}
#: Line and paragraph separators, and characters that set the direction of writing.
_TURNING = {*range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF}

_SHOWN = {
    **{code: f"\\x{code:02x}" for code in _CONTROLS},
    **{code: f"\\u{code:04x}" for code in _TURNING},
}


def plain(text: str) -> str:
    """The text with such characters as escapes."""
    return text.translate(_SHOWN)


class Plain:
    """A stream that escapes such characters, and otherwise behaves like the original.

    `styled` is the original, for lines that contain only control characters of the command itself.
    """

    def __init__(self, styled: TextIO) -> None:
        self.styled = styled

    def write(self, text: str) -> int:
        """Write the text, with escapes."""
        return self.styled.write(plain(text))

    def __getattr__(self, name: str) -> object:
        return getattr(self.styled, name)


@contextmanager
def plain_streams() -> Iterator[None]:
    """Make standard output and standard error plain."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Plain(one) if one is not None else one for one in (out, err))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def styled(stream: TextIO) -> TextIO:
    """The command's stream for lines that are plain except for the command's own styles."""
    known: Any = stream
    return known.styled if isinstance(known, Plain) else stream
