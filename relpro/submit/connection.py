"""Takes a call of a Taskcluster service, gives its answer, even through outages of some minutes."""

import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import attrs
import orjson
import urllib3

from relpro.errors import Diagnostic, Unreachable
from relpro.model.task import Json
from relpro.submit.access import Access
from relpro.submit.overdue import watched
from relpro.submit.patience import Patience
from relpro.submit.pool import manager

#: Seconds to connect to a server, and the longest silence of one.
TIMEOUT = urllib3.Timeout(connect=10, read=60)

# Retries are counted here, not by urllib3; the object is shared because every call needs one.
_ONCE = urllib3.Retry(False, redirect=False)

_REMEDY = "see that the address is right and the network is up"

#: The most characters shown of a server's answer.
_SHOWN = 2000


#: The maximum size of an answer, in bytes. The largest are artifacts: a graph of 20,000 tasks has
#: 100 MB.
LARGEST = 500_000_000

#: Bytes that are read at a time.
_PART = 1 << 20


class TooLarge(urllib3.exceptions.HTTPError):
    """An answer is larger than `LARGEST`."""


class Overdue(urllib3.exceptions.HTTPError):
    """An answer is not complete in time."""


#: Errors for which a retry is useless.
_HOPELESS = (urllib3.exceptions.SSLError, TooLarge, Overdue)


@attrs.frozen
class Answer:
    """The answer of a server."""

    status: int
    content: bytes = attrs.field(repr=False)

    @property
    def is_good(self) -> bool:
        """Whether the call succeeded."""
        return self.status < 400

    @property
    def json(self) -> Json:
        """The JSON content; None if there is none or it is not JSON."""
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError:
            return None

    @property
    def message(self) -> str:
        """The error message of the service, without its footer (API, error schema)."""
        found = self.json
        said = found.get("message") or found.get("error") if isinstance(found, dict) else None
        text = str(said or "no explanation").split("\n---\n")[0]
        text = "\n".join(line for line in text.splitlines() if line.strip())
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


class Connection:
    """Calls one Taskcluster from any number of threads, over a pool of connections."""

    def __init__(
        self,
        access: Access,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        timeout: urllib3.Timeout = TIMEOUT,
    ) -> None:
        self.access = access
        self._patience = patience
        self._timeout = timeout
        self._prefix = urlsplit(access.root_url).path
        self._pool = manager(access.root_url).connection_from_url(access.root_url)
        self._lock = threading.Lock()
        self._answered = float("-inf")
        self.is_down = False

    def with_patience(self, patience: Patience) -> "Connection":
        """The same connections, with another limit for retries."""
        other = Connection(self.access, patience, self._timeout)
        other._pool = self._pool
        return other

    def call(self, verb: str, path: str, body: bytes | None = None) -> Answer:
        """The answer of `path` (`/api/...`), which may be a refusal (4xx).

        Failures of servers (5xx) and of the network are retried with pauses, so the call must be
        repeatable. Raises `Unreachable` (Q702) when the limit is reached; `is_down` then says
        whether every other call failed meanwhile, too.
        """
        return self._persist(self.access.root_url, lambda: self._try(verb, path, body), verb, path)

    def fetch(self, url: str) -> Answer:
        """The content of a URL outside the services, such as an artifact's; retried like `call`.

        Raises `Unreachable` (Q702).
        """
        parts = urlsplit(url)
        return self._persist(parts.netloc, lambda: _tried(url), "GET", parts.path)

    def _persist(
        self,
        host: str,
        attempt: Callable[[], Answer | urllib3.exceptions.HTTPError],
        verb: str,
        path: str,
    ) -> Answer:
        patience, failures = self._patience, 0
        began = patience.monotonic()
        while True:
            tried = attempt()
            if isinstance(tried, Answer) and tried.status < 500 and tried.status != 429:
                self._note(patience.monotonic())
                return tried
            failures += 1
            pause = patience.pause(failures)
            reason = _reason(tried)
            elapsed = patience.monotonic() - began
            if elapsed + pause > patience.seconds or isinstance(tried, _HOPELESS):
                self._give_up(began)
                why = f"`{verb} {path}` was tried {_often(failures, elapsed)}"
                raise Unreachable(Diagnostic("Q702", f"{host} {reason}", why=why, remedy=_REMEDY))
            patience.sleep(pause)

    def _try(
        self, verb: str, path: str, body: bytes | None
    ) -> Answer | urllib3.exceptions.HTTPError:
        headers = dict(self.access.sign(verb, self.access.url(path)))
        if body is not None:
            headers["Content-Type"] = "application/json"
        return _read(
            lambda: self._pool.urlopen(
                verb,
                self._prefix + path,
                body=body,
                headers=headers,
                retries=_ONCE,
                redirect=False,
                timeout=self._timeout,
                preload_content=False,
            )
        )

    def _note(self, at: float) -> None:
        with self._lock:
            self._answered = max(self._answered, at)
            self.is_down = False

    def _give_up(self, began: float) -> None:
        with self._lock:
            self.is_down = self._answered <= began


def fetch(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """The content of a URL outside the services, without retries; with a `body`, a POST request.

    Raises `Unreachable` (Q702).
    """
    tried = _tried(url, body, headers)
    if isinstance(tried, Answer):
        return tried
    what = f"{urlsplit(url).netloc} {_reason(tried)}"
    raise Unreachable(Diagnostic("Q702", what, remedy=_REMEDY))


def _tried(
    url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer | urllib3.exceptions.HTTPError:
    verb = "GET" if body is None else "POST"
    pools = manager(url)
    return _read(
        lambda: pools.request(
            verb,
            url,
            body=body,
            headers=headers,
            retries=False,
            timeout=TIMEOUT,
            preload_content=False,
        )
    )


def _read(send: Callable[[], urllib3.BaseHTTPResponse]) -> Answer | urllib3.exceptions.HTTPError:
    """Send a request and read its answer, within the limits of size and time."""
    with watched() as call:
        try:
            answer = _whole(send())
        except urllib3.exceptions.HTTPError as error:
            answer = error
        except ValueError:  # an invalid header, such as a length of 5,000 digits
            answer = urllib3.exceptions.ProtocolError("no HTTP")
    # A truncated answer may look complete.
    return Overdue(f"takes longer than {call.seconds:g} seconds") if call.is_overdue else answer


def _whole(reply: urllib3.BaseHTTPResponse) -> Answer | urllib3.exceptions.HTTPError:
    parts, size = [], 0
    try:
        if _is_short(reply):
            return Answer(reply.status, reply.data)
        for part in reply.stream(_PART):
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                return TooLarge(f"answers with more than {LARGEST:,} bytes")
        reply.release_conn()
    finally:
        if not reply.closed:
            reply.close()
    return Answer(reply.status, b"".join(parts))


def _is_short(reply: urllib3.BaseHTTPResponse) -> bool:
    """Whether an answer declares a small size: most do, and are read at once."""
    length = reply.headers.get("Content-Length", "")
    return length.isdecimal() and int(length) <= _PART and "Content-Encoding" not in reply.headers


def _often(failures: int, elapsed: float) -> str:
    return "once" if failures == 1 else f"{failures} times in {elapsed:.0f} seconds"


def _reason(tried: Answer | urllib3.exceptions.HTTPError) -> str:
    if isinstance(tried, Answer):
        return f"answers with HTTP {tried.status}: {tried.message}"
    if isinstance(tried, TooLarge | Overdue):
        return str(tried)
    cause = tried.__cause__
    if isinstance(cause, OSError) and cause.strerror:
        return f"does not answer: {cause.strerror.lower()}"
    if isinstance(tried, urllib3.exceptions.TimeoutError):
        return "does not answer in time"
    if isinstance(tried, urllib3.exceptions.ProtocolError):
        return "does not answer: the connection broke off"
    return f"cannot be called: {tried}"
