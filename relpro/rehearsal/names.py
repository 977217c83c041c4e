"""Takes hosts and their replacements, gives a proxy through which programs reach them.

Programs that use it (`http_proxy`) can use the URLs of production and never leave this machine: a
host without replacement is refused.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests

from relpro.workers.loopback import Call, serving

_PATIENCE = 60

#: End-to-end headers of an answer.
_KEPT = ("Content-Type", "Location", "ETag")


@contextmanager
def names(hosts: Mapping[str, str]) -> Iterator[str]:
    """The URL of the proxy on loopback, during the context.

    `hosts` has for each host the URL that replaces it.
    """

    class ToHosts(Call):
        def _find(self) -> None:
            parts = urlsplit(self.path)
            address = hosts.get(parts.netloc)
            if address is None:
                self.answer(502, {}, f"nothing stands for {parts.netloc} here\n".encode())
                return
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            _pass_on(self, address.rstrip("/") + path)

        def _refuse(self) -> None:
            self.answer(502, {}, b"nothing is reached by TLS here\n")

        do_GET = do_HEAD = _find  # noqa: N815 - what is looked for
        do_CONNECT = _refuse  # noqa: N815 - as above

    with serving(ToHosts) as proxy:
        yield proxy


def _pass_on(call: Call, address: str) -> None:
    try:
        reply = requests.request(
            call.command,
            address,
            allow_redirects=False,
            timeout=_PATIENCE,
            proxies={"http": "", "https": ""},
        )
    except requests.RequestException as error:
        call.answer(502, {}, f"{error}\n".encode())
        return
    call.pass_on(reply, _KEPT)
