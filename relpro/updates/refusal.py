"""Refusals of an update server."""


class NoAnswer(Exception):
    """A request that gets no XML; has the HTTP status and the text of the body."""

    status: int = 500

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class BadData(NoAnswer):
    """An error of the client: an invalid version, a locale that a release lacks (400)."""

    status = 400


class Broken(NoAnswer):
    """An error in the server's data: no file, no such release (500). The client gets nothing.

    Balrog fails in the same way, with an uncaught exception.
    """
