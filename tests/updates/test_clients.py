"""The real clients of Balrog's API, used as balrogscript uses them, and update clients beside."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import balrogclient
import pytest
import requests

from relpro.updates.server import UpdateServer
from relpro.updates.service import Service
from relpro.updates.store import Store
from tests.updates.conftest import Desk, Moving
from tests.updates.submissions import (
    BUILD,
    PRODUCT,
    TARGET,
    add_rule,
    client_of,
    locale,
    name_of,
    submit,
    toplevel,
)

HOUR = 3_600_000


def offered(answer: requests.Response) -> list[str]:
    """The version that is offered, if any, and the files."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/xml")
    update = ET.fromstring(answer.content).find("update")
    if update is None:
        return []
    return [update.attrib["appVersion"], *(patch.attrib["URL"] for patch in update)]


def test_a_submitted_release_is_offered(script: Desk) -> None:
    submit(script, "1")
    submit(script, "2", "1")
    add_rule(script, name_of("2"), channel="release")
    place = "https://files.example/2/linux-x86_64/de"
    assert offered(script.update(client_of("1"))) == [
        "2.0",
        f"{place}/complete.mar",
        f"{place}/from-1.mar",
    ]
    assert offered(script.update(client_of("2"))) == []
    assert offered(script.update(client_of("1", channel="beta"))) == []
    unknown = script.update(client_of("1", said="xx"))
    assert (unknown.status_code, unknown.headers["Content-Type"]) == (
        400,
        "text/plain; charset=utf-8",
    )


def test_submitting_the_same_again_changes_nothing_but_versions(script: Desk) -> None:
    submit(script, "1")
    before = script.call("GET", f"/releases/{name_of('1')}")
    submit(script, "1")
    after = script.call("GET", f"/releases/{name_of('1')}")
    assert after.json() == before.json()
    assert int(after.headers["X-Data-Version"]) > int(before.headers["X-Data-Version"])


def test_locales_that_were_read_at_one_moment_do_not_disturb_each_other(script: Desk) -> None:
    name = submit(script, "1", locales=())
    clients = {
        one: script.client(balrogclient.SingleLocale, name, TARGET, one) for one in ("de", "fr")
    }
    read = {one: client.get_data()[1] for one, client in clients.items()}
    for one, client in clients.items():
        client.update_build(
            product=PRODUCT,
            hashFunction="sha512",
            buildData=json.dumps(locale("1")),
            schemaVersion=9,
            data_version=read[one],
        )
    blob = script.call("GET", f"/releases/{name}").json()
    assert sorted(blob["platforms"][TARGET]["locales"]) == ["de", "fr"]
    with pytest.raises(requests.HTTPError, match="400"):
        clients["de"].update_build(
            product=PRODUCT,
            hashFunction="sha512",
            buildData=json.dumps({**locale("1"), "buildID": BUILD["2"]}),
            schemaVersion=9,
            data_version=read["de"],
        )


def test_the_second_version_of_the_api(script: Desk) -> None:
    name, session = name_of("1"), script.session()
    url = f"{script.address}/api/v2/releases/{name}"
    blob = {**toplevel("1"), "schema_version": 9, "hashFunction": "sha512", "name": name}
    balrogclient.balrog_request(session, "put", url, json={"product": PRODUCT, "blob": blob})
    for one in ("de", "fr"):
        part = {"platforms": {TARGET: {"locales": {one: locale("1")}}}}
        versions: dict[str, Any] = {"platforms": {TARGET: {"locales": {}}}}
        body: dict[str, Any] = {"blob": part, "old_data_versions": versions}
        balrogclient.balrog_request(session, "post", url, json=body)
    found = balrogclient.balrog_request(session, "get", url)
    assert found["data_versions"] == {
        ".": 1,
        "platforms": {TARGET: {"locales": {"de": 1, "fr": 1}}},
    }
    # The whole once more, as the script does it: what is there, and the new on top.
    body = {"product": PRODUCT, "blob": found["blob"], "old_data_versions": found["data_versions"]}
    balrogclient.balrog_request(session, "put", url, json=body)
    assert balrogclient.balrog_request(session, "get", url) == found
    body["blob"]["displayVersion"] = "One"
    assert balrogclient.balrog_request(session, "put", url, json=body)["."] == 2
    with pytest.raises(requests.HTTPError, match="400"):
        balrogclient.balrog_request(session, "put", url, json={**body, "blob": blob})
    session.close()


def test_a_pin_keeps_clients_back_and_never_goes_back(script: Desk) -> None:
    for version in ("1", "2", "3"):
        submit(script, version)
    add_rule(script, name_of("3"), channel="release")
    assert offered(script.update(client_of("1"), pin="2."))[0] == "3.0"
    body = {"product": PRODUCT, "channel": "release", "version": "2."}
    told = {
        version: script.call("PUT", f"/v2/releases/{name_of(version)}/pinnable", **body).json()
        for version in ("2", "1")
    }
    assert told["2"] == {".": 1}
    assert told["1"] == {"pin_not_set": True, "reason": "existing_pin_is_newer"}
    assert offered(script.update(client_of("1"), pin="2."))[0] == "2.0"
    assert offered(script.update(client_of("1"), pin="3."))[0] == "3.0"
    assert script.update(client_of("1"), pin="two").status_code == 400
    found = requests.get(f"{script.address}/api/v1/pins/{PRODUCT}/release/2.", timeout=60).json()
    assert found["mapping"] == name_of("2")


def test_a_scheduled_rule_waits_for_time_and_signoffs(script: Desk, moving: Moving) -> None:
    for version in ("1", "2"):
        submit(script, version)
    number = add_rule(script, name_of("1"), channel="release", alias="widget-release")
    require(script, "releng", "relman")
    client = script.client(balrogclient.Rule, "widget-release")
    with pytest.raises(requests.HTTPError, match="400"):
        client.update_rule(mapping=name_of("2"))
    rule, data_version = client.get_data()
    # As the script says it, with its spelling: see its ReleaseScheduler.
    rule |= {"fallbackMapping": rule["mapping"], "mapping": name_of("2"), "rule_id": number}
    rule |= {"data_verison": data_version, "change_type": "update", "backgroundRate": 25}
    scheduler = script.client(balrogclient.ScheduledRuleChange, "widget-release")
    made = scheduler.add_scheduled_rule_change(**rule, when=moving.now + HOUR).json()
    assert made["signoffs"] == {}
    change = f"/scheduled_changes/rules/{made['sc_id']}"
    shown = script.call("GET", change).json()["scheduled_change"]
    assert shown["required_signoffs"] == {"releng": 1, "relman": 1}
    assert sign(script, change, "ann", "releng").status_code == 200
    refused = script.call("POST", f"{change}/enact")
    assert (refused.status_code, refused.json()["detail"]) == (
        400,
        "Not enough signoffs for role 'relman'",
    )
    moving.now += 2 * HOUR
    assert offered(script.update(client_of("1"))) == []
    assert sign(script, change, "ann", "relman").status_code == 403
    assert sign(script, change, "bob", "releng").status_code == 403
    assert sign(script, change, "bob", "relman").status_code == 200
    moving.roll = 24
    assert offered(script.update(client_of("1")))[0] == "2.0"
    moving.roll = 25
    assert offered(script.update(client_of("1"))) == []
    assert offered(script.update(client_of("1"), force="1"))[0] == "2.0"
    assert offered(script.update(client_of("1"), force="-1")) == []
    assert client.get_data()[0]["fallbackMapping"] == name_of("1")


def require(desk: Desk, *roles: str) -> None:
    """Let these roles sign off what happens on the channel, and give each to somebody."""
    for role, user in zip(roles, ("ann", "bob"), strict=False):
        needed = {"product": PRODUCT, "channel": "release", "role": role, "signoffs_required": 1}
        assert desk.call("POST", "/required_signoffs/product", **needed).status_code == 201
        assert desk.call("PUT", f"/users/{user}/roles/{role}").status_code == 201


def sign(desk: Desk, change: str, user: str, role: str) -> requests.Response:
    return Desk(desk.address, user).call("POST", f"{change}/signoffs", role=role)


def test_updates_are_shut_off_at_once_and_begin_again_by_signoff(
    script: Desk, moving: Moving
) -> None:
    for version in ("1", "2"):
        submit(script, version)
    add_rule(script, name_of("2"), channel="release")
    require(script, "releng")
    key = {"product": PRODUCT, "channel": "release"}
    assert script.call("POST", "/emergency_shutoff", **key, comment="bad").status_code == 201
    assert offered(script.update(client_of("1"))) == []
    assert offered(script.update(client_of("1", channel="release-cck-shop"))) == []
    place = f"/emergency_shutoff/{PRODUCT}/release"
    assert script.call("DELETE", f"{place}?data_version=1").status_code == 400
    ann = Desk(script.address, "ann")
    body = {**key, "change_type": "delete", "data_version": 1, "when": moving.now + HOUR}
    # Who schedules a change and holds one of the roles has signed it off by that.
    made = ann.call("POST", "/scheduled_changes/emergency_shutoff", **body).json()
    assert made["signoffs"] == {"ann": "releng"}
    moving.now += 2 * HOUR
    assert offered(script.update(client_of("1")))[0] == "2.0"


def test_a_read_only_release_stays_as_it_is(script: Desk) -> None:
    submit(script, "1")
    script.client(balrogclient.ReleaseState, name_of("1")).set_readonly()
    with pytest.raises(requests.HTTPError, match="403"):
        submit(script, "1")
    assert script.call("GET", "/releases").json()["releases"][0]["read_only"] is True


def test_what_is_written_outlasts_the_server(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    answers, states = [], []
    for run in range(2):
        store = Store(str(tmp_path / "updates.sqlite"))
        service = Service(store)
        with UpdateServer(service.handle, certificate=certificate) as running:
            desk = Desk(running.address, "script")
            if run == 0:
                submit(desk, "1")
                submit(desk, "2")
                rule = add_rule(desk, name_of("2"), jaws=False)
                require(desk, "releng")
                body = {"rule_id": rule, "data_version": 1, "change_type": "delete"}
                desk.call("POST", "/scheduled_changes/rules", **body, when=2**42)
                pin = {"product": PRODUCT, "channel": "release", "version": "1."}
                desk.call("PUT", f"/v2/releases/{name_of('1')}/pinnable", **pin)
                desk.call("POST", "/emergency_shutoff", product=PRODUCT, channel="beta")
            answers.append(desk.update(client_of("1").replace("SSE3", "ISET:A,JAWS:0")).text)
            states.append(service.state)
        store.close()
    assert states[0] == states[1]
    assert answers[0] == answers[1]
    assert "2.0" in answers[0]
