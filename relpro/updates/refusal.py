"""What an update server says of a request that it can neither serve nor answer with nothing."""


class NoAnswer(Exception):
    """A request that gets no XML; holds the HTTP status and the text of the body."""

    status: int = 500

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class BadData(NoAnswer):
    """The client is at fault: a version that is none, a locale that a release lacks (400)."""

    status = 400


class Broken(NoAnswer):
    """What the server holds is at fault: no file, no such release (500). The client gets nothing.

    Balrog fails the same way, with an exception that nothing catches.
    """
