"""Takes the URL of an update server; gives its tables, read through its public API.

It only reads, and works with relpro's server as with Balrog: `/api/v1/rules`, `/releases/<name>`
and `/emergency_shutoff`. That API lists no pins.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import requests

from relpro.errors import Diagnostic, Unreachable
from relpro.updates.answer import Tables
from relpro.updates.offer import Hosts
from relpro.updates.release import SERVED, Release
from relpro.updates.rule import Rule, rule_from_json

#: The timeout of one answer, in seconds.
_TIMEOUT = 60


def read_tables(address: str, product: str = "") -> Tables:
    """The rules, of one product or all, and the releases that they need.

    Raises `Unreachable` (U804).
    """
    api = f"{address.rstrip('/')}/api/v1"
    try:
        with requests.Session() as session:
            query = {"product": product} if product else {}
            rows = _json(session, f"{api}/rules", query)["rules"]
            rules = tuple(rule_from_json(row) for row in rows)
            listed = _json(session, f"{api}/releases", {})["releases"]
            products = {row["name"]: row["product"] for row in listed}
            shutoffs = _json(session, f"{api}/emergency_shutoff", {})["shutoffs"]
            return Tables(
                rules=rules,
                releases=_releases(session, api, rules, products),
                shutoffs=frozenset((row["product"], row["channel"]) for row in shutoffs),
                hosts=Hosts(),
            )
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        what = f"the update server {address} cannot be read: {_why(error)}"
        remedy = "see that the address is right, without `/api`"
        raise Unreachable(Diagnostic("U804", what, remedy=remedy)) from error


def _why(error: Exception) -> str:
    if isinstance(error, requests.HTTPError):
        return f"it answers with HTTP {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return f"it does not answer within {_TIMEOUT} s"
    if isinstance(error, requests.ConnectionError):
        return "nobody answers"
    return "its answers are not those of an update server"


def _releases(
    session: requests.Session, api: str, rules: tuple[Rule, ...], products: Mapping[str, str]
) -> Mapping[str, Release]:
    """The releases to which rules lead, and those from which partial updates start."""
    wanted = [name for rule in rules for name in (rule.mapping, rule.fallback_mapping) if name]
    found: dict[str, Release] = {}
    while wanted:
        name = wanted.pop()
        if name in found or name not in products:
            continue
        blob = _json(session, f"{api}/releases/{name}", {})
        if blob.get("schema_version") in SERVED:
            found[name] = Release(name, products[name], blob)
            wanted += _origins(blob)
    return {name: found[name] for name in sorted(found)}


def _origins(blob: Mapping[str, Any]) -> Iterator[str]:
    for platform in blob.get("platforms", {}).values():
        for locale in platform.get("locales", {}).values():
            yield from (patch["from"] for patch in locale.get("partials", ()))


def _json(session: requests.Session, url: str, query: Mapping[str, str]) -> Any:
    answer = session.get(url, params=query, timeout=_TIMEOUT)
    answer.raise_for_status()
    return answer.json()
