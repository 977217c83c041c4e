"""Takes the streams of a command, lets text on them do no more than be read.

Text of kinds, parameters and commit messages reaches terminals and logs. Signs that move the
cursor, name windows, or turn around the order of letters are shown as escapes.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)} - {ord("\t"), ord("\n")}
#: Ends of lines and of paragraphs, and what sets the direction of writing.
_TURNING = {*range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF}

_SHOWN = {
    **{code: f"\\x{code:02x}" for code in _CONTROLS},
    **{code: f"\\u{code:04x}" for code in _TURNING},
}


def plain(text: str) -> str:
    """The text with such signs as escapes."""
    return text.translate(_SHOWN)


class Plain:
    """A stream that writes such signs as escapes, and else is the stream that it stands for.

    `styled` is that stream: for lines that have no such signs but what a command adds itself.
    """

    def __init__(self, styled: TextIO) -> None:
        self.styled = styled

    def write(self, text: str) -> int:
        """Write the text, with escapes."""
        return self.styled.write(plain(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.styled, name)


@contextmanager
def plain_streams() -> Iterator[None]:
    """Let text on standard output and standard error be plain."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Plain(one) if one is not None else one for one in (out, err))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def styled(stream: TextIO) -> TextIO:
    """A stream of the command for lines that are plain, but for what the command adds to them."""
    known: Any = stream
    return known.styled if isinstance(known, Plain) else stream
