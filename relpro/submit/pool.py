"""Takes a URL, gives pools of connections to its host, which send each request at once.

urllib3 sends the headers and the body of a request separately, which wakes the server twice.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from relpro.errors import Diagnostic, Unreachable
from relpro.submit.overdue import speaks_over

#: The most connections that are kept alive, and so the most concurrent calls.
CONNECTIONS = 50


def manager(url: str) -> urllib3.PoolManager:
    """Pools of connections to a host, through the proxy in the environment."""
    options: Mapping[str, Any] = {"maxsize": CONNECTIONS, "block": True}
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    made = urllib3.PoolManager(**options)
    if parts.scheme == "https" and proxy and not proxy_bypass(parts.hostname or ""):
        try:
            made = urllib3.ProxyManager(proxy, **options)
        except (urllib3.exceptions.HTTPError, ValueError):
            # It may contain a password, which must not be shown.
            what = "the proxy of `https_proxy` is not an address"
            remedy = "write it as `http://proxy.example.com:3128`, or unset it"
            raise Unreachable(Diagnostic("Q703", what, remedy=remedy)) from None
    made.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return made


class _AtOnce(HTTPConnection):
    """A connection that collects all parts of a request and sends it at once."""

    _gathered: list[bytes] | None = None

    def request(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Any = None,
        **options: Any,
    ) -> None:
        gathered: list[bytes] = []
        self._gathered = gathered
        try:
            super().request(method, url, body, headers, **options)
        finally:
            self._gathered = None
        self.send(b"".join(gathered))
        speaks_over(self.sock)

    def send(self, data: Any) -> None:
        if self._gathered is None:
            super().send(data)
        else:
            self._gathered.append(data)


class _SecureAtOnce(_AtOnce, HTTPSConnection):
    """The same with TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _AtOnce


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureAtOnce
