"""What balrogscript submits of a small release, by the clients that it uses."""

import json
from typing import Any

import balrogclient

from tests.updates.conftest import Desk

PRODUCT = "Widget"
TARGET, ALIAS = "Linux_x86_64-gcc3", "Linux_x86_64-gcc3-asan"
BUILD = {"1": "20240101000000", "2": "20240201000000", "3": "20240301000000"}


def name_of(version: str) -> str:
    return f"{PRODUCT}-{version}.0-build1"


def toplevel(version: str, *earlier: str) -> dict[str, Any]:
    """What is said of the whole of a release."""
    place = f"https://files.example/{version}/%OS_FTP%/%LOCALE%"
    partials = {name_of(one): f"{place}/from-{one}.mar" for one in earlier}
    return {
        "appVersion": f"{version}.0",
        "displayVersion": f"{version}.0",
        "fileUrls": {"*": {"completes": {"*": f"{place}/complete.mar"}, "partials": partials}},
        "platforms": {
            TARGET: {"OS_BOUNCER": "linux64", "OS_FTP": "linux-x86_64"},
            ALIAS: {"alias": TARGET},
        },
        "updateLine": [{"for": {}, "fields": {"type": "minor"}}],
    }


def locale(version: str, *earlier: str) -> dict[str, Any]:
    """What is said of one locale."""
    partials = [{"from": name_of(one), "filesize": 10, "hashValue": "b" * 128} for one in earlier]
    return {
        "buildID": BUILD[version],
        "appVersion": f"{version}.0",
        "displayVersion": f"{version}.0",
        "completes": [{"from": "*", "filesize": 100, "hashValue": "a" * 128}],
        "partials": partials,
    }


def submit(desk: Desk, version: str, *earlier: str, locales: tuple[str, ...] = ("de", "fr")) -> str:
    """A release with its locales, submitted by the first version of the API."""
    name = name_of(version)
    whole = json.dumps(toplevel(version, *earlier))
    desk.client(balrogclient.Release, name).update_release(
        product=PRODUCT, hashFunction="sha512", releaseData=whole, schemaVersion=9
    )
    for one in locales:
        client = desk.client(balrogclient.SingleLocale, name, TARGET, one)
        _, data_version = client.get_data()
        client.update_build(
            product=PRODUCT,
            hashFunction="sha512",
            buildData=json.dumps(locale(version, *earlier)),
            schemaVersion=9,
            data_version=data_version,
        )
    return name


def add_rule(desk: Desk, mapping: str, **columns: Any) -> int:
    """A rule that leads to a release; gives its number."""
    rule = {"priority": 10, "backgroundRate": 100, "update_type": "minor", "product": PRODUCT}
    made = desk.call("POST", "/rules", **{**rule, "mapping": mapping, **columns})
    assert made.status_code == 200, made.text
    return int(made.text)


def client_of(version: str, *, channel: str = "release", said: str = "de") -> str:
    """The address part of a client that has a version."""
    parts = (PRODUCT, f"{version}.0", BUILD[version], TARGET, said, channel, "Linux", "SSE3")
    return "/".join((*parts, "default", "default"))
