"""Takes hosts of the world and what stands for each, gives a proxy by which programs reach them.

Programs that are told of it (`http_proxy`) use the addresses of production, and stay on this
machine: a host that nothing stands for is refused.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import attrs
import requests

from relpro.workers.loopback import Call, serving


@attrs.frozen
class Place:
    """Where something is: what is there is given, or who asks `is_sent` there."""

    address: str
    is_sent: bool = False


#: Gives where a path (with its query) of a host is; None: nothing is there.
Standing = Callable[[str], Place | None]

_PATIENCE = 60

#: Headers of an answer that mean something beyond this hop.
_KEPT = ("Content-Type", "Location", "ETag")


def at(address: str) -> Standing:
    """What stands for a host: the same paths below an address."""
    return lambda path: Place(address.rstrip("/") + path)


@contextmanager
def names(hosts: Mapping[str, Standing]) -> Iterator[str]:
    """The address of the proxy on loopback, for as long as the context lasts."""

    class ToHosts(Call):
        def _find(self) -> None:
            parts = urlsplit(self.path)
            standing = hosts.get(parts.netloc)
            if standing is None:
                self.answer(502, {}, f"nothing stands for {parts.netloc} here\n".encode())
                return
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            _pass_on(self, standing(path))

        def _refuse(self) -> None:
            self.answer(502, {}, b"nothing is reached by TLS here\n")

        do_GET = do_HEAD = _find  # noqa: N815 - what is looked for
        do_CONNECT = _refuse  # noqa: N815 - as above

    with serving(ToHosts) as address:
        yield address


def _pass_on(call: Call, place: Place | None) -> None:
    if place is None:
        call.answer(404, {}, b"nothing is known by this name\n")
        return
    if place.is_sent:
        call.answer(302, {"Location": place.address}, b"")
        return
    try:
        reply = requests.request(
            call.command,
            place.address,
            allow_redirects=False,
            timeout=_PATIENCE,
            proxies={"http": "", "https": ""},
        )
    except requests.RequestException as error:
        call.answer(502, {}, f"{error}\n".encode())
        return
    call.pass_on(reply, _KEPT)
