"""What is read of addresses and versions, and how an offer is written."""

import pytest

from relpro.updates.offer import Hosts, Offer, Patch
from relpro.updates.refusal import BadData
from relpro.updates.request import Request, read_request
from relpro.updates.update_xml import NO_UPDATE, update_xml
from relpro.updates.versions import matches_version, read_pin, read_version

FIRST = "/Widget/60.0/20240101/Linux_x86_64-gcc3/de/release"


def test_the_whole_of_an_address_is_read() -> None:
    path = f"/update/6{FIRST}/Linux 5/ISET:SSE3,MEM:8192,JAWS:1/shop/2/update.xml"
    assert read_request(path, {"force": "1", "mig64": "1", "pin": "61."}) == Request(
        product="Widget",
        version="60.0",
        build_id="20240101",
        build_target="Linux_x86_64-gcc3",
        locale="de",
        channel="release",
        os_version="Linux 5",
        instruction_set="SSE3",
        memory=8192,
        jaws=True,
        distribution="shop",
        dist_version="2",
        force=1,
        mig64=True,
        pin="61.",
    )


@pytest.mark.parametrize(
    "path",
    [
        f"/update/1{FIRST}/Linux/update.xml",
        f"/update/2{FIRST}/update.xml",
        f"/update/7{FIRST}/update.xml",
        f"/update/1{FIRST}/update.json",
        f"/update/1{FIRST.replace('/de/', '//')}/update.xml",
        "/update/1/update.xml",
        "/update",
        "/",
    ],
)
def test_an_address_of_another_form_asks_nothing(path: str) -> None:
    assert read_request(path, {}) is None


def test_what_other_programs_write_into_addresses_is_left_out() -> None:
    path = f"/update/3{FIRST.replace('/de/', '/x86 de/')}/Linux/shop/2/update.xml"
    request = read_request(path.replace("/60.0/", "/3.6esrpre/"), {"force": "-1?avast=1"})
    assert request is not None
    assert (request.locale, request.version, request.force) == ("de", "3.6", -1)


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("61.0a1", "61.0"),
        ("60.9", "60.10"),
        ("60.0", "60.0.1"),
        ("3.6.3plugin1", "3.6.3"),
        ("1.5.0.4", "1.5.5"),
        ("9.0", "10.0"),
    ],
)
def test_versions_are_ordered_by_their_numbers(lower: str, higher: str) -> None:
    assert read_version(lower) < read_version(higher)
    assert matches_version(f"<{higher}", lower)
    assert matches_version(f">={lower}", lower)
    assert not matches_version(f"<={lower}", higher)


@pytest.mark.parametrize(
    ("pattern", "version", "fits"),
    [
        ("70.*", "70.1.2", True),
        ("70.*", "70.0a1", True),
        ("70.*", "71.0", False),
        ("80.0.*", "80.0", True),
        ("70.1.*", "70.1a1", False),
        ("60.0,61.0", "61.0.0", True),
        ("7.*", "70.0", False),
    ],
)
def test_globs_and_lists_of_versions(pattern: str, version: str, fits: bool) -> None:
    assert matches_version(pattern, version) is fits


@pytest.mark.parametrize("text", ["", "60", "61.0b2", "115.3.0esr", "sixty", "60.0 "])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(BadData):
        read_version(text)


def test_a_pin_allows_all_that_begins_with_it() -> None:
    pin = read_pin("70.1.")
    versions = ("70.0", "70.1", "70.1.9", "70.2", "71.0")
    passed = [pin.is_passed_by(read_version(version)) for version in versions]
    assert passed == [False, False, False, True, True]
    for wrong in ("70", "70.1", "", "next", "70.1.1."):
        with pytest.raises(BadData):
            read_pin(wrong)


def test_the_document_is_that_of_balrog() -> None:
    # Written down from a run of Balrog (3.121) on such a release.
    patch = Patch("complete", "https://files.example/?a=1&b=2", "sha512", "abc", 12)
    offer = Offer("Widget-1", (("appVersion", "61.0"), ("displayVersion", "A & B")), (patch,))
    assert update_xml(offer) == (
        '<?xml version="1.0"?>\n'
        "<updates>\n"
        '    <update appVersion="61.0" displayVersion="A &amp; B">\n'
        '        <patch type="complete" URL="https://files.example/?a=1&amp;b=2"'
        ' hashFunction="sha512" hashValue="abc" size="12"/>\n'
        "    </update>\n"
        "</updates>"
    )
    assert update_xml(None) == NO_UPDATE == '<?xml version="1.0"?>\n<updates>\n</updates>'


def test_hosts_that_want_to_know_are_told_that_an_update_was_forced() -> None:
    hosts = Hosts(told_of_force=("https://files.example/",))
    assert hosts.forced("https://files.example/a", 1) == "https://files.example/a?force=1"
    assert hosts.forced("https://files.example/a?b=1", -1) == (
        "https://files.example/a?b=1&force=-1"
    )
    assert hosts.forced("https://files.example/a", None) == "https://files.example/a"
    assert hosts.forced("https://other.example/a", 1) == "https://other.example/a"
