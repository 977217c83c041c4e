"""Takes an old and a new installation; checks the update that a server offers.

It does what update verification tasks do: request an update like the old installation, download it,
check size and digest, install it, and compare the trees byte by byte.
"""

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from urllib.parse import quote

import attrs
import requests

from relpro.errors import Diagnostic, Unreachable
from relpro.updates.installing import NotInstalled, install
from relpro.updates.request import Request
from relpro.updates.trees import Tree, differences

#: The timeout for an answer, or for the next part of a file, in seconds.
_TIMEOUT = 60


@attrs.frozen
class Verified:
    """One offered file, and its errors; empty if it is right."""

    kind: str
    url: str
    problems: tuple[str, ...]


def verify_update(
    address: str, request: Request, old: Tree, new: Tree, key: bytes | None = None
) -> Iterator[Verified]:
    """Each file that a server offers to an installation, installed and compared.

    `key` is the public key of their signer. Raises `Unreachable` (U804).
    """
    try:
        for patch in _offered(address, request):
            content = _got(patch.attrib["URL"])
            told = patch.attrib
            wrong = _wrong(content, told["size"], told["hashFunction"], told["hashValue"])
            if not wrong:
                wrong = _installed(old, content, new, key)
            yield Verified(told["type"], told["URL"], tuple(wrong))
    except (requests.RequestException, ET.ParseError, KeyError) as error:
        what = f"the update server {address} does not offer an update: {error}"
        remedy = "ask it with `relpro updates simulate`"
        raise Unreachable(Diagnostic("U804", what, remedy=remedy)) from error


def _offered(address: str, request: Request) -> list[ET.Element]:
    parts = (
        *(request.product, request.version, request.build_id, request.build_target),
        *(request.locale, request.channel, request.os_version or "none", "none"),
        *(request.distribution or "default", request.dist_version or "default"),
    )
    path = "/".join(quote(part, safe="") for part in parts)
    url = f"{address.rstrip('/')}/update/6/{path}/update.xml?force=1"
    document = ET.fromstring(_got(url))  # noqa: S314 - of a server that was named for this
    return list(document.iter("patch"))


def _got(url: str) -> bytes:
    answer = requests.get(url, timeout=_TIMEOUT)
    answer.raise_for_status()
    return answer.content


def _wrong(content: bytes, size: str, function: str, digest: str) -> list[str]:
    wrong = []
    if str(len(content)) != size:
        wrong.append(f"it has {len(content)} bytes, not {size}")
    if hashlib.new(function.lower(), content).hexdigest() != digest.lower():
        wrong.append(f"it has another {function}")
    return wrong


def _installed(old: Tree, mar: bytes, new: Tree, key: bytes | None) -> list[str]:
    try:
        return list(differences(install(old, mar, key=key), new))
    except NotInstalled as error:
        return [str(error)]
